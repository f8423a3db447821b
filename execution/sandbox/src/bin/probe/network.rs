//! What can be reached over the network.

use std::fs;
use std::io::{self, Read};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr as UnixAddress, UnixStream};
use std::time::Duration;

use crate::attempt::{expect, failure};
use crate::{Check, Finding, expectation, hold};

pub(crate) const CHECKS: &[Check] = &[
    ("the_hosts_loopback_is_out_of_reach", the_hosts_loopback_is_out_of_reach),
    ("the_hosts_addresses_are_out_of_reach", the_hosts_addresses_are_out_of_reach),
    ("metadata_services_are_out_of_reach", metadata_services_are_out_of_reach),
    ("the_runtime_api_is_the_own_one", the_runtime_api_is_the_own_one),
    ("a_neighbour_is_out_of_reach", a_neighbour_is_out_of_reach),
    ("loopback_is_the_only_interface", loopback_is_the_only_interface),
    ("low_ports_cannot_be_taken", low_ports_cannot_be_taken),
];

/// For connections that ought to fail at once.
const PATIENCE: Duration = Duration::from_secs(3);

/// What a server at `address` says first. A connection that was captured is accepted and then reset, so only words
/// count as reaching it.
fn words_from(address: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut words = String::new();
    stream.read_to_string(&mut words)?;
    Ok(words)
}

fn none_speaks(addresses: impl IntoIterator<Item = String>) -> Finding {
    let (mut silent, mut speaking) = (Vec::new(), Vec::new());
    for text in addresses {
        let address = text.parse().map_err(|_invalid| format!("{text:?} is no address"))?;
        match words_from(address) {
            Ok(words) => speaking.push(format!("{address} said {words:?}")),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                speaking.push(format!("{address} is listening"));
            }
            Err(error) => silent.push(format!("{address}: {error}")),
        }
    }
    if speaking.is_empty() { Ok(silent.join(", ")) } else { Err(speaking.join(", ")) }
}

fn the_hosts_loopback_is_out_of_reach() -> Finding {
    let port = expectation("HOST_PORT")?;
    none_speaks(
        ["127.0.0.1", "127.0.0.2", "127.255.255.254", "0.0.0.0", "[::1]"]
            .map(|host| format!("{host}:{port}")),
    )
}

fn the_hosts_addresses_are_out_of_reach() -> Finding {
    let port = expectation("HOST_PORT")?;
    let addresses = expectation("HOST_ADDRESSES")?;
    none_speaks(
        addresses.split(',').filter(|address| !address.is_empty()).map(|address| format!("{address}:{port}")),
    )
}

fn metadata_services_are_out_of_reach() -> Finding {
    let services =
        ["169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "[fd00:ec2::254]"];
    none_speaks(services.map(|host| format!("{host}:80")))
}

fn the_runtime_api_is_the_own_one() -> Finding {
    let own = expectation("SANDBOX")?;
    let loopback = SocketAddr::from(([127, 0, 0, 1], 9001));
    let words = words_from(loopback).map_err(failure("asking the own Runtime API"))?;
    if words != own {
        return Err(format!("this is sandbox {own}, its Runtime API says {words:?}"));
    }
    none_speaks(["169.254.76.1:9001", "169.254.79.129:9001"].map(str::to_owned))
}

/// The neighbour is the same probe in another sandbox, started with `hold neighbour`.
fn a_neighbour_is_out_of_reach() -> Finding {
    let silence =
        none_speaks(["127.0.0.1", "169.254.76.1"].map(|host| format!("{host}:{}", hold::NEIGHBOUR_PORT)))?;
    let abstract_name =
        UnixAddress::from_abstract_name(hold::NEIGHBOUR_NAME).map_err(failure("naming a socket"))?;
    let abstract_socket = UnixStream::connect_addr(&abstract_name).is_ok();
    // SAFETY: asks for a segment by number and attaches nothing.
    let shared_memory = unsafe { libc::shmget(hold::NEIGHBOUR_KEY, 0, 0) } >= 0;
    let file = fs::exists(hold::NEIGHBOUR_FILE).map_err(failure("looking into /tmp"))?;
    expect(
        !abstract_socket && !shared_memory && !file,
        format!("{silence}; abstract socket {abstract_socket}, shared memory {shared_memory}, file {file}"),
    )
}

fn loopback_is_the_only_interface() -> Finding {
    const HEADER_LINES: usize = 2;
    let table = fs::read_to_string("/proc/net/dev").map_err(failure("reading /proc/net/dev"))?;
    let names: Vec<&str> =
        table.lines().skip(HEADER_LINES).filter_map(|line| line.split(':').next()).map(str::trim).collect();
    expect(names == ["lo"], format!("interfaces: {names:?}"))
}

fn low_ports_cannot_be_taken() -> Finding {
    match TcpListener::bind("0.0.0.0:80") {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(error.to_string()),
        Err(error) => Err(format!("failed for another reason: {error}")),
        Ok(_) => Err("port 80 was free to take".to_owned()),
    }
}
