//! Which addresses a sandbox may reach. Pure: decided on the address that is about to be dialled, so no name, and no
//! change of what a name stands for, gets around it.

use std::net::Ipv4Addr;

use crate::spec::Egress;

/// Metadata and management services of clouds that lie outside 169.254.0.0/16: Alibaba, Azure, Oracle.
const METADATA: [Ipv4Addr; 3] =
    [Ipv4Addr::new(100, 100, 100, 200), Ipv4Addr::new(168, 63, 129, 16), Ipv4Addr::new(192, 0, 0, 192)];

/// Whose address it is; only the host can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    Host,
    Other,
}

/// Whether a sandbox under `policy` may exchange packets with `address`.
///
/// `Internet` includes private ranges: the machines of the operator's network are what sandboxes are there to reach.
pub(super) fn permits(policy: Egress, address: Ipv4Addr, owner: Owner) -> bool {
    match policy {
        Egress::None => false,
        Egress::Host => true,
        Egress::Internet => owner == Owner::Other && is_elsewhere(address),
    }
}

fn is_elsewhere(address: Ipv4Addr) -> bool {
    let this_network = address.octets()[0] == 0;
    let multicast_and_above = address.octets()[0] >= 224;
    !this_network
        && !address.is_loopback()
        && !address.is_link_local()
        && !multicast_and_above
        && !METADATA.contains(&address)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EVERY_OWNER: [Owner; 2] = [Owner::Host, Owner::Other];

    fn internet(address: [u8; 4]) -> bool {
        permits(Egress::Internet, address.into(), Owner::Other)
    }

    #[test]
    fn the_internet_and_private_networks_are_reachable() {
        assert!(internet([93, 184, 216, 34]));
        assert!(internet([10, 0, 0, 7]));
        assert!(internet([172, 16, 3, 4]));
        assert!(internet([192, 168, 1, 1]));
    }

    #[test]
    fn metadata_addresses_are_not() {
        assert!(!internet([169, 254, 169, 254]));
        assert!(!internet([169, 254, 170, 2]));
        assert!(!internet([100, 100, 100, 200]));
        assert!(!internet([168, 63, 129, 16]));
        assert!(!internet([192, 0, 0, 192]));
    }

    proptest! {
        #[test]
        fn none_permits_nothing_and_host_everything(address: Ipv4Addr) {
            for owner in EVERY_OWNER {
                prop_assert!(!permits(Egress::None, address, owner));
                prop_assert!(permits(Egress::Host, address, owner));
            }
        }

        #[test]
        fn an_address_of_the_host_is_never_reachable(address: Ipv4Addr) {
            prop_assert!(!permits(Egress::Internet, address, Owner::Host));
        }

        #[test]
        fn addresses_that_mean_the_own_machine_or_link_are_never_reachable(rest: [u8; 3], multicast in 224..=255_u8) {
            let [b, c, d] = rest;
            for address in [[0, b, c, d], [127, b, c, d], [169, 254, c, d], [multicast, b, c, d]] {
                prop_assert!(!internet(address));
            }
        }
    }
}
