//! A system of sixty nodes for tests: clients, an edge balancer, eight gateways with a balancer each, and behind each of
//! these four services, which share caches and databases.

use std::fmt::Write;

/// Gateways, and services behind each.
const GATEWAYS: usize = 8;
const SERVICES: usize = 4;
/// Caches and databases that the services share.
const CACHES: usize = 4;
const DATABASES: usize = 6;

/// Its scenario file.
pub fn scenario() -> String {
    let mut text = String::from(
        "title = \"Sixty nodes\"\nduration = \"20s\"\n\
         [nodes.clients]\nkind = \"clients\"\nto = \"edge\"\narrivals = { process = \"poisson\", rate = 400 }\n\
         keys = { distribution = \"zipf\", count = 5000, alpha = 1.0 }\n",
    );
    let names = |kind: &str, count: usize, at: usize| -> String {
        (0..count).map(|index| format!("\"{kind}-{}\"", at + index)).collect::<Vec<_>>().join(", ")
    };
    let mut add = |part: String| text.push_str(&part);
    add(format!("[nodes.edge]\nkind = \"balancer\"\nto = [{}]\n", names("gateway", GATEWAYS, 0)));
    for gateway in 0..GATEWAYS {
        let first = gateway * SERVICES;
        add(format!(
            "[nodes.gateway-{gateway}]\nkind = \"service\"\nto = \"mesh-{gateway}\"\nreplicas = 2\n{WORK}"
        ));
        add(format!(
            "[nodes.mesh-{gateway}]\nkind = \"balancer\"\nto = [{}]\n",
            names("service", SERVICES, first)
        ));
    }
    for service in 0..GATEWAYS * SERVICES {
        let mut part = String::new();
        let (database, cache) = (service % DATABASES, service / 2 % CACHES);
        let _ = write!(
            part,
            "[nodes.service-{service}]\nkind = \"service\"\nto = \"database-{database}\"\n{WORK}"
        );
        let _ = writeln!(part, "replicas = {}", 1 + service % 3);
        if service % 2 == 0 {
            let _ = writeln!(part, "cache = {{ node = \"cache-{cache}\", pattern = \"cache-aside\" }}");
        }
        add(part);
    }
    (0..CACHES).for_each(|cache| {
        add(format!("[nodes.cache-{cache}]\nkind = \"cache\"\ncapacity = 1000\nlatency = \"0.5ms\"\n"))
    });
    (0..DATABASES).for_each(|each| add(format!("[nodes.database-{each}]\nkind = \"database\"\n{WORK}")));
    text
}

const WORK: &str = "service_time = { distribution = \"exponential\", mean = \"2ms\" }\n";

/// Instances of each node, and who calls whom.
pub fn system() -> (Vec<u32>, Vec<(u16, u16)>) {
    let scenario = headroom_core::scenario::Scenario::read(&scenario()).expect("a scenario");
    let index = |name: &str| scenario.nodes.iter().position(|node| node.name == name).unwrap() as u16;
    let links = scenario.nodes.iter().zip(0..);
    let links = links.flat_map(|(node, from)| node.spec.callees().into_iter().map(move |to| (from, to)));
    let links = links.map(|(from, to)| (from, index(to))).collect();
    (scenario.nodes.iter().map(|node| node.spec.replicas()).collect(), links)
}

#[test]
fn it_has_sixty_nodes() {
    assert_eq!(system().0.len(), 60);
}
