//! Compiles rules to the classic BPF that the kernel takes: a binary search over ranges of system call numbers whose
//! leaves either answer or look at one or two arguments.

use std::collections::BTreeMap;

use libc::{c_long, sock_filter};

/// Offsets in the kernel's `struct seccomp_data`. Arguments are 64 bits wide, little-endian on both architectures
/// served here; every argument examined is an `int`, or flags in the lower half, so the lower half decides.
const OFFSET_NUMBER: u32 = 0;
const OFFSET_ARCHITECTURE: u32 = 4;
const OFFSET_ARGUMENTS: u32 = 16;

/// From `linux/audit.h`; the table of calls that a process uses.
#[cfg(target_arch = "x86_64")]
const ARCHITECTURE: u32 = 0xc000_003e;
#[cfg(target_arch = "aarch64")]
const ARCHITECTURE: u32 = 0xc000_00b7;

const LOAD: u32 = libc::BPF_LD | libc::BPF_W | libc::BPF_ABS;
const JUMP: u32 = libc::BPF_JMP | libc::BPF_JA;
const IF_EQUAL: u32 = libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K;
const IF_AT_LEAST: u32 = libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K;
const IF_ANY_BIT: u32 = libc::BPF_JMP | libc::BPF_JSET | libc::BPF_K;
const MASK: u32 = libc::BPF_ALU | libc::BPF_AND | libc::BPF_K;
const RETURN: u32 = libc::BPF_RET | libc::BPF_K;

/// What the kernel does with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Allow,
    Errno(i32),
}

/// What decides about one system call. The argument rules are the few that the policy needs, no general language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    Always(Answer),
    /// Is the argument, under `mask`, one of `values`?
    OneOf {
        argument: u32,
        mask: u32,
        values: Vec<u32>,
        then: Box<Rule>,
        otherwise: Box<Rule>,
    },
    /// Has the argument any of these bits?
    AnyBit {
        argument: u32,
        bits: u32,
        then: Box<Rule>,
        otherwise: Box<Rule>,
    },
}

/// Rules by system call number; a number that is absent answers ENOSYS.
pub(crate) type Rules = BTreeMap<c_long, Rule>;

const ABSENT: Rule = Rule::Always(Answer::Errno(libc::ENOSYS));

/// A compiled filter.
#[derive(Clone, Debug)]
pub(crate) struct Program(Vec<sock_filter>);

impl Program {
    pub(super) fn compile(rules: &Rules) -> Self {
        let mut program = vec![
            statement(LOAD, OFFSET_ARCHITECTURE),
            branch(IF_EQUAL, ARCHITECTURE, 1, 0),
            statement(RETURN, libc::SECCOMP_RET_KILL_PROCESS),
            statement(LOAD, OFFSET_NUMBER),
        ];
        program.extend(search(&ranges(rules)));
        Self(program)
    }

    /// As the kernel takes it.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let instruction = |instruction: &sock_filter| {
            let mut bytes = [0; 8];
            bytes[..2].copy_from_slice(&instruction.code.to_ne_bytes());
            bytes[2..4].copy_from_slice(&[instruction.jt, instruction.jf]);
            bytes[4..].copy_from_slice(&instruction.k.to_ne_bytes());
            bytes
        };
        self.0.iter().flat_map(instruction).collect()
    }

    pub(super) fn instructions(&self) -> &[sock_filter] {
        &self.0
    }
}

/// Splits all numbers into ranges `(first, rule)` of one rule each. Neighbours with the same rule become one range.
fn ranges(rules: &Rules) -> Vec<(u32, &Rule)> {
    let mut ranges: Vec<(u32, &Rule)> = vec![(0, &ABSENT)];
    let mut add = |first, rule| match ranges.last_mut() {
        Some((last_first, last_rule)) if *last_first == first => *last_rule = rule,
        Some((_, last_rule)) if *last_rule == rule => {}
        _ => ranges.push((first, rule)),
    };
    let mut next = 0;
    for (&number, rule) in rules {
        let number = u32::try_from(number).expect("the kernel's numbers are small and positive");
        if number > next {
            add(next, &ABSENT);
        }
        add(number, rule);
        next = number + 1;
    }
    add(next, &ABSENT);
    ranges
}

fn search(ranges: &[(u32, &Rule)]) -> Vec<sock_filter> {
    if let [(_, rule)] = ranges {
        return decide(rule);
    }
    let (lower, upper) = ranges.split_at(ranges.len() / 2);
    let mut block = vec![branch(IF_AT_LEAST, upper[0].0, 0, 1)];
    block.extend(either(search(lower), search(upper)));
    block
}

fn decide(rule: &Rule) -> Vec<sock_filter> {
    match rule {
        Rule::Always(answer) => vec![reply(*answer)],
        Rule::OneOf { argument, mask, values, then, otherwise } => {
            let mut block = vec![load_argument(*argument), statement(MASK, *mask)];
            for (index, value) in values.iter().enumerate() {
                let to_then = u8::try_from(values.len() - index).expect("rules name a handful of values");
                block.push(branch(IF_EQUAL, *value, to_then, 0));
            }
            block.extend(either(decide(then), decide(otherwise)));
            block
        }
        Rule::AnyBit { argument, bits, then, otherwise } => {
            let mut block = vec![load_argument(*argument), branch(IF_ANY_BIT, *bits, 1, 0)];
            block.extend(either(decide(then), decide(otherwise)));
            block
        }
    }
}

/// Entered at its first instruction it runs `otherwise`, entered at its second `then`; neither falls through.
///
/// The jump is there because a conditional one reaches 255 instructions and an unconditional one any distance.
fn either(then: Vec<sock_filter>, otherwise: Vec<sock_filter>) -> Vec<sock_filter> {
    let mut block = vec![statement(JUMP, length(&then))];
    block.extend(then);
    block.extend(otherwise);
    block
}

fn load_argument(index: u32) -> sock_filter {
    statement(LOAD, OFFSET_ARGUMENTS + 8 * index)
}

fn reply(answer: Answer) -> sock_filter {
    match answer {
        Answer::Allow => statement(RETURN, libc::SECCOMP_RET_ALLOW),
        Answer::Errno(errno) => statement(RETURN, libc::SECCOMP_RET_ERRNO | errno.cast_unsigned()),
    }
}

fn statement(code: u32, k: u32) -> sock_filter {
    branch(code, k, 0, 0)
}

fn branch(code: u32, k: u32, jump_true: u8, jump_false: u8) -> sock_filter {
    sock_filter {
        code: u16::try_from(code).expect("BPF codes have 16 bits"),
        jt: jump_true,
        jf: jump_false,
        k,
    }
}

fn length(block: &[sock_filter]) -> u32 {
    u32::try_from(block.len()).expect("filters have at most 4,096 instructions")
}

#[cfg(test)]
impl Program {
    /// What the filter answers to a call of the own architecture with zeros as arguments.
    pub(super) fn answer(&self, number: c_long) -> Answer {
        let number = u32::try_from(number).expect("a system call number");
        self.run(ARCHITECTURE, number, [0; 6]).expect("the own architecture is never killed")
    }

    /// Interprets the filter as the kernel does; `None` is a killed process.
    fn run(&self, architecture: u32, number: u32, arguments: [u32; 6]) -> Option<Answer> {
        let mut accumulator = 0;
        let mut at = 0;
        loop {
            let sock_filter { code, jt, jf, k } = self.0[at];
            at += 1;
            let taken = match u32::from(code) {
                LOAD => {
                    accumulator = match k {
                        OFFSET_NUMBER => number,
                        OFFSET_ARCHITECTURE => architecture,
                        argument => arguments[(argument - OFFSET_ARGUMENTS) as usize / 8],
                    };
                    continue;
                }
                MASK => {
                    accumulator &= k;
                    continue;
                }
                JUMP => {
                    at += k as usize;
                    continue;
                }
                RETURN => return outcome(k),
                IF_EQUAL => accumulator == k,
                IF_AT_LEAST => accumulator >= k,
                IF_ANY_BIT => accumulator & k != 0,
                other => panic!("the compiler never writes code {other:#x}"),
            };
            at += usize::from(if taken { jt } else { jf });
        }
    }
}

#[cfg(test)]
fn outcome(k: u32) -> Option<Answer> {
    match k & libc::SECCOMP_RET_ACTION_FULL {
        libc::SECCOMP_RET_ALLOW => Some(Answer::Allow),
        libc::SECCOMP_RET_ERRNO => Some(Answer::Errno((k & libc::SECCOMP_RET_DATA).cast_signed())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What the rules say, read off without compiling them.
    fn expected(rule: &Rule, arguments: [u32; 6]) -> Answer {
        match rule {
            Rule::Always(answer) => *answer,
            Rule::OneOf { argument, mask, values, then, otherwise } => {
                let hit = values.contains(&(arguments[*argument as usize] & mask));
                expected(if hit { then } else { otherwise }, arguments)
            }
            Rule::AnyBit { argument, bits, then, otherwise } => {
                let hit = arguments[*argument as usize] & bits != 0;
                expected(if hit { then } else { otherwise }, arguments)
            }
        }
    }

    fn answers() -> impl Strategy<Value = Answer> {
        prop_oneof![Just(Answer::Allow), (1..40).prop_map(Answer::Errno)]
    }

    fn any_rule() -> impl Strategy<Value = Rule> {
        answers().prop_map(Rule::Always).prop_recursive(3, 8, 2, |inner| {
            let branches = (inner.clone().prop_map(Box::new), inner.prop_map(Box::new));
            let values = proptest::collection::vec(0..8_u32, 1..5);
            prop_oneof![
                (0..6_u32, 0..8_u32, values, branches.clone()).prop_map(
                    |(argument, mask, values, (then, otherwise))| {
                        Rule::OneOf { argument, mask, values, then, otherwise }
                    }
                ),
                (0..6_u32, 0..8_u32, branches).prop_map(|(argument, bits, (then, otherwise))| {
                    Rule::AnyBit { argument, bits, then, otherwise }
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_program_answers_as_the_rules_say(
            rules in proptest::collection::btree_map(0..60_i64, any_rule(), 0..50),
            number in 0..70_u32,
            arguments in proptest::array::uniform6(0..8_u32),
        ) {
            let rule = rules.get(&i64::from(number)).unwrap_or(&ABSENT);
            let program = Program::compile(&rules);
            prop_assert_eq!(program.run(ARCHITECTURE, number, arguments), Some(expected(rule, arguments)));
        }
    }

    #[test]
    fn calls_by_another_table_kill_the_process() {
        let program = Program::compile(&Rules::from([(1, Rule::Always(Answer::Allow))]));
        let i386 = 0x4000_0003;
        assert_eq!(program.run(i386, 1, [0; 6]), None);
        let x32 = 0x4000_0000;
        assert_eq!(program.run(ARCHITECTURE, x32 | 1, [0; 6]), Some(Answer::Errno(libc::ENOSYS)));
    }
}
