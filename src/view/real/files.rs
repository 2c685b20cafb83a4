//! The files that start a cluster.

use super::{File, IMAGE, Server, comment, quoted};
use crate::words::{key, say, tell};
use std::fmt::Write;

/// A Procfile: a process on each line, run by a shell.
pub(super) fn procfile(servers: &[Server]) -> File {
    let mut text = format!("# {}\n", comment(say(key!("real.start-procfile"))));
    for server in servers {
        // goreman takes a line for a comment that begins like one.
        let _ = match server.is_late {
            true => write!(text, "# {}\n# ", comment(say(key!("real.late")))),
            false => Ok(()),
        };
        let _ = writeln!(text, "{}: {}", server.name, shell(server));
    }
    File {
        name: "Procfile".to_owned(),
        text,
    }
}

/// The command line for a shell.
pub(super) fn shell(server: &Server) -> String {
    let mut text = "etcd".to_owned();
    for (flag, value) in &server.flags {
        let _ = write!(text, " {flag} {}", quoted(value));
    }
    text
}

/// The names of the units that are started first.
pub(super) fn units(servers: &[Server]) -> String {
    let first = servers.iter().filter(|server| !server.is_late);
    let names: Vec<String> = first
        .map(|server| format!("quorum-{}", server.name))
        .collect();
    names.join(" ")
}

/// A unit of systemd.
pub(super) fn unit(server: &Server, servers: &[Server]) -> File {
    let file = format!("quorum-{}.service", server.name);
    let mut text = format!(
        "# {}\n",
        comment(&tell(
            key!("real.start-unit"),
            &[("file", &file), ("units", &units(servers))]
        ))
    );
    if server.is_late {
        let _ = writeln!(text, "# {}", comment(say(key!("real.late"))));
    }
    let _ = write!(
        text,
        "[Unit]
Description=etcd member {name}
Documentation=https://etcd.io/docs/v3.5/
After=network-online.target
Wants=network-online.target

[Service]
Type=notify
DynamicUser=yes
StateDirectory=quorum-{name}
ExecStart=/usr/local/bin/etcd",
        name = server.name
    );
    let data = ("--data-dir", format!("/var/lib/quorum-{}", server.name));
    for (flag, value) in server.flags.iter().chain([&data]) {
        let _ = write!(text, " \\\n  {flag} {}", systemd_quoted(value));
    }
    let _ = write!(
        text,
        "
# {}
Restart=no
LimitNOFILE=40000

[Install]
WantedBy=multi-user.target
",
        comment(say(key!("real.restart")))
    );
    File { name: file, text }
}

/// A word of a command line of systemd: neither a specifier nor a variable, in quotes where it has to be.
fn systemd_quoted(word: &str) -> String {
    let word = word.replace('%', "%%").replace('$', "$$");
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,%$@+".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word,
        false => format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}

/// The address of a container in the network of the members.
pub(super) fn container_address(server: &Server) -> String {
    format!("172.30.0.{}", 10 + server.id.0 % 240)
}

/// A compose file. Each member has a container with an address of its own; clients reach it at the same port as without
/// containers.
pub(super) fn compose(servers: &[Server]) -> File {
    let mut text = format!(
        "# {}\nname: quorum\nservices:\n",
        comment(say(key!("real.start-compose")))
    );
    for server in servers {
        let _ = write!(
            text,
            "  {}:\n    image: {IMAGE}\n    # {}\n    restart: \"no\"\n",
            server.name,
            comment(say(key!("real.restart")))
        );
        if server.is_late {
            let _ = write!(
                text,
                "    # {}\n    profiles: [late]\n",
                comment(say(key!("real.late")))
            );
        }
        text.push_str("    command:\n      - etcd\n");
        let mut ports = Vec::new();
        for (flag, value) in &server.flags {
            let value = in_containers(flag, value, servers);
            if *flag == "--listen-client-urls" {
                ports.extend(value.split(',').filter_map(port));
            }
            let _ = writeln!(text, "      - {}", yaml(&format!("{flag}={value}")));
        }
        text.push_str("      - --data-dir=/etcd-data\n    ports:\n");
        for port in ports {
            let _ = writeln!(text, "      - \"127.0.0.1:{port}:{port}\"");
        }
        let _ = write!(
            text,
            "    networks:\n      members:\n        ipv4_address: {}\n",
            container_address(server)
        );
    }
    text.push_str(
        "networks:\n  members:\n    ipam:\n      config:\n        - subnet: 172.30.0.0/24\n",
    );
    File {
        name: "compose.yaml".to_owned(),
        text,
    }
}

/// A string of YAML. Compose would put variables in for `$`.
fn yaml(text: &str) -> String {
    let mut quoted = "\"".to_owned();
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '$' => quoted.push_str("$$"),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

fn port(url: &str) -> Option<u16> {
    url.rsplit_once(':')?.1.parse().ok()
}

/// The value of a flag for a container: it listens to everybody, and is called by its name by the other members.
fn in_containers(flag: &str, value: &str, servers: &[Server]) -> String {
    match flag {
        "--listen-client-urls" | "--listen-peer-urls" => {
            value.replace("//127.0.0.1:", "//0.0.0.0:")
        }
        "--initial-advertise-peer-urls" | "--initial-cluster" => by_name(value, servers),
        _ => value.to_owned(),
    }
}

/// A text in which members are called by their names, not by their peer ports on this machine.
pub(super) fn by_name(text: &str, servers: &[Server]) -> String {
    let mut text = text.to_owned();
    for server in servers {
        let urls = server
            .flags
            .iter()
            .find(|(flag, _)| *flag == "--listen-peer-urls");
        for url in urls.iter().flat_map(|(_, urls)| urls.split(',')) {
            if let Some(port) = port(url) {
                let own = format!("//{}:{port}", server.name);
                text = text.replace(&format!("//127.0.0.1:{port}"), &own);
            }
        }
    }
    text
}
