//! Mayfly's nouns and rules: names, ARNs, configuration, limits, outcomes, the clock.
