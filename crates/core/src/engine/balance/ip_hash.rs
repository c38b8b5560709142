//! nginx's `ip_hash` (`ngx_http_upstream_ip_hash_module.c`): the first three octets of the caller's IPv4 address choose,
//! so that a caller comes to the same server again, and with it everybody else in its /24 network.
//!
//! The number of servers is a divisor: when one comes or goes, most callers come to another. Left out: nginx keeps
//! servers that have failed in its list and hashes on; here only those are seen that may be chosen. IPv6. Costs:
//! O(log candidates).

use super::random::Shares;

pub(super) fn pick(shares: &Shares, address: u32) -> Option<usize> {
    let total = shares.total();
    (total > 0).then(|| shares.holder(u64::from(hash(address)) % total))
}

pub(super) fn hash(address: u32) -> u32 {
    let [first, second, third, _] = address.to_be_bytes();
    [first, second, third].into_iter().fold(89, |hash, octet| (hash * 113 + u32::from(octet)) % 6271)
}
