//! What `--debug` of version 2 prints: the endpoints, and each request as a command for `curl`.

use crate::cluster::{self, Job, MemberInfo, V2Job};
use crate::etcdctl::cobra::Call;
use crate::etcdctl::go;
use crate::etcdctl::json::Json;
use crate::etcdctl::output::Output;
use crate::kv::{Request, V2Method, V2Request};
use std::fmt::Write;

/// A request over HTTP.
#[derive(Clone, Debug)]
pub(in crate::etcdctl) struct HttpRequest {
    method: &'static str,
    /// The path, with its query.
    path: String,
    body: Option<String>,
}

/// Prints what is known before the members are asked who they are.
pub(super) fn before_sync(call: &mut Call, endpoints: &[String]) {
    let all = endpoints.join(",");
    call.out
        .error(&format!("start to sync cluster using endpoints({all})"));
    if let Some(first) = endpoints.first() {
        print(&mut call.out, first, &get("/v2/members"));
    }
}

/// Prints what is known of the members, and the request to the first of them.
pub(super) fn after_sync(out: &mut Output, members: &[MemberInfo], request: &HttpRequest) {
    let urls = members.iter().flat_map(|member| &member.client_urls);
    let urls: Vec<&str> = urls.map(String::as_str).collect();
    out.error(&format!("got endpoints({}) after sync", urls.join(",")));
    out.error(&format!("Cluster-Endpoints: {}", urls.join(", ")));
    if let Some(first) = urls.first() {
        print(out, first, request);
    }
}

fn print(out: &mut Output, endpoint: &str, request: &HttpRequest) {
    let (method, path) = (request.method, &request.path);
    let mut line = format!("cURL Command: curl -X {method} {endpoint}{path}");
    if let Some(body) = &request.body {
        let _ = write!(line, " -d {}", go::quote(body.as_bytes()));
    }
    out.error(&line);
}

fn get(path: impl Into<String>) -> HttpRequest {
    HttpRequest {
        method: "GET",
        path: path.into(),
        body: None,
    }
}

/// The request that a job begins with, after the members are known.
pub(super) fn request(job: &Job) -> HttpRequest {
    let Job::V2(job) = job else {
        return get("/");
    };
    match job {
        V2Job::Call(cluster::Call::V2Get(request)) => keys(request, false),
        V2Job::Call(cluster::Call::Store(Request::V2(request))) => keys(request, true),
        V2Job::Watch(wait) | V2Job::WatchForever(wait) => {
            let mut path = key_path(&wait.key);
            let (recursive, index) = (wait.recursive, wait.index.unwrap_or(0));
            let _ = write!(path, "?recursive={recursive}&wait=true&waitIndex={index}");
            get(path)
        }
        V2Job::Members => get("/v2/members/leader"),
        V2Job::ClusterHealth => get("/health"),
        V2Job::MemberAdd(url) => members_with("POST", String::new(), std::slice::from_ref(url)),
        V2Job::MemberUpdate(urls) => {
            members_with("PUT", format!("/{:x}", urls.id), &urls.peer_urls)
        }
        V2Job::MemberRemove(id) => HttpRequest {
            method: "DELETE",
            path: format!("/v2/members/{id:x}"),
            body: None,
        },
        V2Job::Call(_) => get("/v2/members"),
    }
}

fn members_with(method: &'static str, id: String, urls: &[String]) -> HttpRequest {
    let mut json = Json::default();
    json.open('{').name("peerURLs").open('[');
    for url in urls {
        json.text(url);
    }
    json.close(']').close('}');
    HttpRequest {
        method,
        path: format!("/v2/members{id}"),
        body: Some(json.finish()),
    }
}

/// A request to the tree. `logged`: it goes through the log.
fn keys(request: &V2Request, logged: bool) -> HttpRequest {
    let path = key_path(&request.path);
    // In the order of their names, as Go writes them.
    let mut query = Vec::new();
    let mut form = Vec::new();
    let method = match request.method {
        V2Method::Get => {
            query.push(("quorum", logged.to_string()));
            query.push(("recursive", request.recursive.to_string()));
            query.push(("sorted", request.sorted.to_string()));
            "GET"
        }
        V2Method::Delete => {
            if request.dir {
                query.push(("dir", "true".to_owned()));
            }
            "DELETE"
        }
        V2Method::Post => "POST",
        V2Method::Sync => "SYNC",
        V2Method::Put => {
            if request.dir {
                query.push(("dir", "true".to_owned()));
            }
            if let Some(exists) = request.prev_exist {
                query.push(("prevExist", exists.to_string()));
            }
            "PUT"
        }
    };
    if request.prev_index > 0 {
        query.push(("prevIndex", request.prev_index.to_string()));
    }
    let has_value = method == "DELETE" || !request.dir;
    if has_value && !request.prev_value.is_empty() {
        query.push(("prevValue", escaped(&request.prev_value)));
    }
    if method == "DELETE" && request.recursive {
        query.push(("recursive", "true".to_owned()));
    }
    let writes = matches!(method, "PUT" | "POST");
    if writes && request.expiration > 0 {
        form.push(("ttl", (request.expiration / 1_000_000).to_string()));
    }
    if writes && !request.dir {
        form.push(("value", escaped(&request.value)));
    }
    let query = joined(&query);
    let mark = if query.is_empty() { "" } else { "?" };
    HttpRequest {
        method,
        path: format!("{path}{mark}{query}"),
        body: writes.then(|| joined(&form)),
    }
}

fn joined(pairs: &[(&str, String)]) -> String {
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("&")
}

fn key_path(key: &str) -> String {
    let slash = if key.starts_with('/') { "" } else { "/" };
    canonical(&format!("/v2/keys{slash}{key}"))
}

/// A path in its shortest form, beginning with a slash; one at the end stays.
pub(super) fn canonical(path: &str) -> String {
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let end = if path.ends_with('/') && !parts.is_empty() {
        "/"
    } else {
        ""
    };
    format!("/{}{end}", parts.join("/"))
}

/// A text as it stands in a query.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                escaped.push(char::from(byte));
            }
            b' ' => escaped.push('+'),
            _ => {
                let _ = write!(escaped, "%{byte:02X}");
            }
        }
    }
    escaped
}
