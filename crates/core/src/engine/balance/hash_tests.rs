//! Hashing algorithms: published vectors, what moves when a server comes or goes, how even shares are, bounded loads.

use super::bound::Bound;
use super::maglev::{Order, fill};
use super::tests::{candidate, rng};
use super::*;
use crate::engine::mixing::scramble;
use proptest::prelude::*;

const CONSISTENT: [Algorithm; 4] =
    [Algorithm::Ring, Algorithm::Jump, Algorithm::Rendezvous, Algorithm::Maglev];

/// Candidates of these weights whose names are as different as names are.
fn servers(weights: &[u32]) -> Vec<Candidate> {
    let server = |(instance, weight): (u32, &u32)| Candidate {
        identity: scramble(u64::from(instance) + 1_000),
        ..candidate(instance, 0, *weight)
    };
    (0..).zip(weights).map(server).collect()
}

fn picker(settings: Settings, candidates: &[Candidate]) -> Picker {
    let mut picker = Picker::new(settings);
    picker.follow(0, candidates);
    assert_eq!(picker.validate(), Ok(()));
    picker
}

/// The instance of each of the keys 0, 1, …
fn homes(settings: Settings, candidates: &[Candidate], keys: u64) -> Vec<u32> {
    let (mut picker, mut rng) = (picker(settings, candidates), rng());
    let mut home = |key| picker.pick(0, candidates, &Request { key, ..Request::default() }, &mut rng);
    (0..keys).map(|key| candidates[home(key).unwrap()].instance).collect()
}

/// The share of the keys that are at home elsewhere.
fn moved(before: &[u32], after: &[u32]) -> f64 {
    let moved = before.iter().zip(after).filter(|(before, after)| before != after).count();
    moved as f64 / before.len() as f64
}

#[test]
fn jump_hash_gives_the_numbers_of_its_reference() {
    // dgryski/go-jump's tests, which are those of the paper's code.
    let cases: [(u64, u32, u32); 12] = [
        (10_863_919_174_838_991, 11, 6),
        (2_016_238_256_797_177_309, 11, 3),
        (1_673_758_223_894_951_030, 11, 5),
        (2, 100_001, 80_343),
        (2_201, 100_001, 22_152),
        (2_202, 100_001, 15_018),
        (1, 6, 0),
        (1, 7, 6),
        (1, 18, 17),
        (0xdead_beef, 5, 3),
        (0xdead_beef, 17, 16),
        (0x0ddc_0ffe_ebad_f00d, 16, 15),
    ];
    for (key, buckets, bucket) in cases {
        assert_eq!(jump(key, buckets), bucket, "{key} of {buckets}");
    }
    let hundred = [0, 55, 62, 8, 45, 59, 86, 97, 82, 59, 73, 37, 17, 56, 86, 21, 90, 37, 38, 83];
    for (key, bucket) in (0..).zip(hundred) {
        assert_eq!(jump(key, 100), bucket, "{key} of 100");
    }
}

#[test]
fn ip_hash_is_that_of_nginx() {
    // By the rules of nginx's source, computed apart.
    let cases = [
        ([192, 168, 1, 10], 154, 1),
        ([192, 168, 1, 200], 154, 1),
        ([192, 168, 2, 10], 155, 2),
        ([10, 0, 0, 1], 2565, 0),
        ([8, 8, 8, 8], 3023, 2),
        ([127, 0, 0, 1], 4040, 2),
        ([203, 0, 113, 7], 2592, 0),
    ];
    let all = servers(&[1; 3]);
    let (mut picker, mut rng) = (picker(Settings::of(Algorithm::IpHash), &all), rng());
    for (address, hash, peer) in cases {
        let address = u32::from_be_bytes(address);
        assert_eq!(ip_hash::hash(address), hash);
        let request = Request { address, ..Request::default() };
        assert_eq!(picker.pick(0, &all, &request, &mut rng), Some(peer), "{address:x}");
    }
    // 154 of a total weight of 5 is 4: the last unit of weight.
    let all = servers(&[1, 3, 1]);
    picker.follow(0, &all);
    let request = Request { address: 0xc0a8_010a, ..Request::default() };
    assert_eq!(picker.pick(0, &all, &request, &mut rng), Some(2));
}

#[test]
fn maglev_fills_its_table_in_turn() {
    // dgryski/go-maglev's tests; a dead one is left out.
    let table = |orders: &[(u32, u32)]| {
        let orders: Vec<Order> =
            orders.iter().map(|&(offset, skip)| Order { offset, skip, weight: 1 }).collect();
        fill(7, &orders)
    };
    assert_eq!(table(&[(2, 4), (0, 5), (1, 2)]), [1, 2, 0, 2, 0, 1, 0]);
    assert_eq!(table(&[(2, 4), (1, 2)]), [0, 1, 0, 1, 0, 1, 0]);
    assert_eq!(table(&[(3, 4), (0, 2), (3, 1)]), [1, 0, 1, 0, 2, 2, 0]);
    assert_eq!(table(&[(3, 4), (3, 1)]), [0, 0, 0, 0, 1, 1, 1]);
    assert!(table(&[]).is_empty());
    // Envoy's shares for weights 1 and 2.
    let orders = [(5, 7, 1), (50, 3, 2)].map(|(offset, skip, weight)| Order { offset, skip, weight });
    let slots = fill(65_537, &orders);
    let second = slots.iter().filter(|place| **place == 1).count();
    assert_eq!([slots.len() - second, second], [21_846, 43_691]);
    // Of equal weights nobody has more than one slot above another.
    for count in [3usize, 10, 100] {
        let all = servers(&vec![1; count]);
        let mut maglev = maglev::Maglev::default();
        maglev.follow(&all);
        let shares = shares_of_slots(&maglev, count);
        assert!(shares.iter().max().unwrap() - shares.iter().min().unwrap() <= 1, "{shares:?}");
    }
}

fn shares_of_slots(maglev: &maglev::Maglev, count: usize) -> Vec<u32> {
    let mut shares = vec![0; count];
    maglev.slots().iter().for_each(|place| shares[usize::from(*place)] += 1);
    shares
}

/// The share of slots that change hands when one of n leaves: 33.34 %, 10.19 %, 1.51 % measured by others with other
/// hashes; the least possible is 1 / n.
/// What a picture shows agrees with what is picked: the same candidate for the same key, or the same share of all.
#[test]
fn owners_are_those_that_are_picked() {
    const KEYS: u64 = 20_000;
    let servers = servers(&[1, 1, 2, 1]);
    for algorithm in Algorithm::ALL {
        let settings = Settings::of(algorithm);
        let owners = picker(settings, &servers).owners(&servers, KEYS as usize);
        let owners: Vec<u32> = owners.into_iter().map(|place| servers[place].instance).collect();
        let share =
            |of: &[u32], who: u32| of.iter().filter(|each| **each == who).count() as f64 / KEYS as f64;
        match algorithm {
            Algorithm::Hash | Algorithm::Jump | Algorithm::Rendezvous => {
                assert_eq!(owners, homes(settings, &servers, KEYS), "{algorithm:?}");
            }
            Algorithm::Ring | Algorithm::Maglev => {
                let homes = homes(settings, &servers, KEYS);
                for who in 0..4 {
                    // Four standard errors of a share counted on so many keys.
                    let apart = (share(&owners, who) - share(&homes, who)).abs();
                    assert!(apart < 4.0 * (0.25 / KEYS as f64).sqrt(), "{algorithm:?}: {who} {apart}");
                }
            }
            // 6,271 buckets in turn by weight.
            Algorithm::IpHash => assert!((share(&owners, 2) - 0.4).abs() < 0.02, "{}", share(&owners, 2)),
            _ => assert!(owners.is_empty(), "{algorithm:?}"),
        }
    }
}

#[test]
fn maglev_moves_little_more_than_it_must() {
    for (count, most) in [(3usize, 0.336), (10, 0.106), (100, 0.0175)] {
        let all = servers(&vec![1; count]);
        let (mut before, mut after) = (maglev::Maglev::default(), maglev::Maglev::default());
        before.follow(&all);
        // The last leaves, so that places keep their meaning.
        after.follow(&all[..count - 1]);
        let changed = before.slots().iter().zip(after.slots()).filter(|(one, other)| one != other).count();
        let share = changed as f64 / before.slots().len() as f64;
        println!("Maglev, 1 of {count} leaves: {:.2} % of the slots", 100.0 * share);
        assert!(share >= 1.0 / count as f64 - 1e-4 && share <= most, "{share} of {count}");
    }
}

/// One of ten leaves, or an eleventh comes: who moves, how many, and from where to where.
#[test]
fn few_keys_move_when_one_leaves_or_comes() {
    const KEYS: u64 = 100_000;
    let eleven = servers(&[1; 11]);
    let ten = &eleven[..10];
    // How much may move beside the share that must, a tenth or an eleventh. The ring's shares are uneven, so the one that
    // leaves may have a quarter more; Maglev moves a few keys besides.
    for (algorithm, least, most) in
        [(Algorithm::Ring, 0.7, 1.25), (Algorithm::Rendezvous, 0.95, 1.05), (Algorithm::Maglev, 0.95, 1.15)]
    {
        let settings = Settings::of(algorithm);
        let before = homes(settings, ten, KEYS);
        for gone in [0, 4, 9] {
            let nine: Vec<Candidate> = ten.iter().copied().filter(|server| server.instance != gone).collect();
            let after = homes(settings, &nine, KEYS);
            let share = moved(&before, &after);
            println!("{algorithm:?}: {gone} of ten leaves: {:.2} % move", 100.0 * share);
            assert!((least..=most).contains(&(share * 10.0)), "{algorithm:?}: {share} move");
            let others = before
                .iter()
                .zip(&after)
                .filter(|(before, after)| **before != gone && before != after)
                .count();
            let allowed = if algorithm == Algorithm::Maglev { KEYS as usize / 100 } else { 0 };
            assert!(others <= allowed, "{algorithm:?}: {others} keys of others move");
        }
        let after = homes(settings, &eleven, KEYS);
        let share = moved(&before, &after);
        println!("{algorithm:?}: an eleventh comes: {:.2} % move", 100.0 * share);
        assert!((least..=most).contains(&(share * 11.0)), "{algorithm:?}: {share} move");
        let elsewhere =
            before.iter().zip(&after).filter(|(before, after)| before != after && **after != 10).count();
        let allowed = if algorithm == Algorithm::Maglev { KEYS as usize / 50 } else { 0 };
        assert!(elsewhere <= allowed, "{algorithm:?}: {elsewhere} keys move, and not to the new one");
    }
    // Jump: ideal for the last, 1 / 11; all that stand behind the one that leaves move up otherwise.
    let settings = Settings::of(Algorithm::Jump);
    let (before, after) = (homes(settings, ten, KEYS), homes(settings, &eleven, KEYS));
    let share = moved(&before, &after);
    assert!((0.088..=0.094).contains(&share), "{share} move");
    assert!(before.iter().zip(&after).all(|(before, after)| before == after || *after == 10));
    assert!(moved(&before, &homes(settings, &ten[1..], KEYS)) > 0.5, "the first leaves");
    // Modulo: all but 1 / 11 move.
    let settings = Settings::of(Algorithm::Hash);
    let share = moved(&homes(settings, ten, KEYS), &homes(settings, &eleven, KEYS));
    assert!((share - 10.0 / 11.0).abs() < 0.005, "{share} move");
}

/// The largest share of ten over the mean: 2.93 for one point each (the harmonic number of ten), 1.55 for 10, 1.163 for
/// 100, 1.05 for 1,000, means of a thousand rings; here of forty.
#[test]
fn more_points_make_a_ring_even() {
    for (virtual_nodes, expected, tolerance) in [(1, 2.934, 0.6), (10, 1.55, 0.12), (100, 1.163, 0.03)] {
        let settings = Settings { virtual_nodes, ..Settings::of(Algorithm::Ring) };
        let largest = |ring: u64| {
            let rename =
                |server: &Candidate| Candidate { identity: server.identity ^ scramble(ring), ..*server };
            let all: Vec<Candidate> = servers(&[1; 10]).iter().map(rename).collect();
            let mut counts = [0u32; 10];
            homes(settings, &all, 20_000).iter().for_each(|home| counts[*home as usize] += 1);
            f64::from(*counts.iter().max().unwrap()) / 2_000.0
        };
        let mean = (1..=40).map(largest).sum::<f64>() / 40.0;
        println!("{virtual_nodes} points each: the fullest of ten has {mean:.3} of the mean");
        assert!((mean - expected).abs() < tolerance, "{virtual_nodes}: {mean}, not {expected}");
    }
}

#[test]
fn shares_are_by_weight() {
    let all = servers(&[1, 2, 3]);
    for (algorithm, tolerance) in
        [(Algorithm::Rendezvous, 0.005), (Algorithm::Maglev, 0.005), (Algorithm::Ring, 0.06)]
    {
        let homes = homes(Settings::of(algorithm), &all, 100_000);
        for server in &all {
            let share = homes.iter().filter(|home| **home == server.instance).count() as f64 / 1e5;
            let expected = f64::from(server.weight) / 6.0;
            assert!((share - expected).abs() < tolerance, "{algorithm:?}: {share}, not {expected}");
        }
    }
}

#[test]
fn a_bound_is_the_mean_and_a_share_more_rounded_up() {
    // Calls with the new one, servers, per cent.
    for (calls, count, percent, most) in
        [(10, 3, 125, 5), (100, 10, 125, 13), (7, 3, 150, 4), (12, 4, 125, 4), (1000, 7, 110, 158)]
    {
        let mut all = servers(&vec![1; count]);
        all[0].in_flight = calls - 1;
        assert_eq!(Bound::new(&all, percent).most(0), most, "{calls} {count} {percent}");
        for held in [most - 1, most] {
            all[1].in_flight = held as u32;
            all[0].in_flight = calls - 1 - held as u32;
            assert_eq!(Bound::new(&all, percent).has_room(1), held < most);
        }
    }
}

#[test]
fn users_come_back_to_whom_they_know() {
    let all = servers(&[1; 3]);
    let (mut picker, mut rng) = (picker(Settings::of(Algorithm::Sticky), &all), rng());
    let mut pick = |picker: &mut Picker, all: &[Candidate], user| {
        let request = Request { user, ..Request::default() };
        all[picker.pick(0, all, &request, &mut rng).unwrap()].instance
    };
    // Round robin for the first calls, whoever comes; two populations are told apart.
    let users =
        [Some((0, 7)), Some((0, 3)), None, Some((1, 7)), Some((0, 3)), Some((0, 7)), Some((1, 7)), None];
    let chosen: Vec<u32> = users.into_iter().map(|user| pick(&mut picker, &all, user)).collect();
    assert_eq!(chosen, [0, 1, 2, 0, 1, 0, 0, 1]);
    // 0 leaves: its users get others, and stay there when it is back.
    picker.follow(0, &all[1..]);
    let moved = pick(&mut picker, &all[1..], Some((0, 7)));
    assert_ne!(moved, 0);
    picker.follow(0, &all);
    assert_eq!(pick(&mut picker, &all, Some((0, 7))), moved);
    assert_eq!(pick(&mut picker, &all, Some((1, 7))), 0, "who has not asked meanwhile still knows it");
}

#[test]
fn the_one_idle_longest_is_next() {
    let mut all = servers(&[1; 3]);
    let (mut picker, mut rng) = (picker(Settings::of(Algorithm::JoinIdleQueue), &all), rng());
    let mut pick = |picker: &mut Picker, all: &mut [Candidate]| {
        let chosen = picker.pick(0, all, &Request::default(), &mut rng).unwrap();
        all[chosen].in_flight += 1;
        chosen
    };
    assert_eq!([0; 3].map(|_| pick(&mut picker, &mut all)), [0, 1, 2]);
    // Nobody is idle: any.
    let extra = pick(&mut picker, &mut all);
    let answer = |picker: &mut Picker, all: &mut [Candidate], index: usize| {
        all[index].in_flight -= 1;
        picker.answered(0, index, &all[index], 1);
    };
    let others: Vec<usize> = [2, 1, 0].into_iter().filter(|index| *index != extra).collect();
    answer(&mut picker, &mut all, extra);
    for &index in &others {
        answer(&mut picker, &mut all, index);
    }
    // The one with two calls has one left, so the others are next, in the order they fell idle.
    assert_eq!([pick(&mut picker, &mut all), pick(&mut picker, &mut all)], others.as_slice());
    assert_eq!(picker.validate(), Ok(()));
}

/// What each says, without tables: every point, slot or hash looked at anew.
fn naive(
    algorithm: Algorithm,
    settings: Settings,
    all: &[Candidate],
    key: u64,
    full: &dyn Fn(usize) -> bool,
) -> usize {
    let open = |index: &usize| !full(*index);
    match algorithm {
        Algorithm::Ring => {
            // The nearest point ahead on the circle.
            let distance = |index: &usize| {
                let points = u64::from(settings.virtual_nodes) * all[*index].weight();
                let ahead = |number| {
                    crate::engine::mixing::combine(all[*index].identity, number).wrapping_sub(scramble(key))
                };
                (0..points).map(ahead).min()
            };
            (0..all.len()).filter(open).min_by_key(distance).unwrap()
        }
        Algorithm::Rendezvous => {
            let hash = |index: &usize| crate::engine::mixing::combine(key, all[*index].identity);
            let equal = all.iter().all(|one| one.weight() == all[0].weight());
            let cost = |index: &usize| {
                -libm::log(crate::engine::mixing::unit(hash(index))) / all[*index].weight() as f64
            };
            let candidates = (0..all.len()).filter(open);
            if equal {
                candidates.max_by_key(hash).unwrap()
            } else {
                candidates.min_by(|one, other| cost(one).total_cmp(&cost(other))).unwrap()
            }
        }
        _ => unreachable!("it is not asked"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn rings_and_rendezvous_are_what_a_search_finds(
        weights in prop::collection::vec(1..4u32, 1..8), alike in any::<bool>(), keys in prop::collection::vec(any::<u64>(), 1..40),
        virtual_nodes in 1..20u32, percent in prop::option::of(101..300u32),
    ) {
        let weights: Vec<u32> = if alike { vec![2; weights.len()] } else { weights };
        for algorithm in [Algorithm::Ring, Algorithm::Rendezvous] {
            let settings = Settings { virtual_nodes, hash_balance_factor: percent, ..Settings::of(algorithm) };
            let mut all = servers(&weights);
            let (mut picker, mut rng) = (picker(settings, &all), rng());
            for &key in &keys {
                let chosen = picker.pick(0, &all, &Request { key, ..Request::default() }, &mut rng).unwrap();
                let bound = percent.map(|percent| Bound::new(&all, percent));
                let full = |index: usize| bound.is_some_and(|bound| u64::from(all[index].in_flight) >= bound.most(index));
                prop_assert_eq!(chosen, naive(algorithm, settings, &all, key, &full));
                all[chosen].in_flight += 1;
            }
        }
    }

    /// Calls come and go, some keys far more often than others: nobody ever has more than the bound allows at the moment
    /// of a choice, and nobody is turned away.
    #[test]
    fn bounds_hold_at_every_choice(
        count in 1..9usize, percent in 101..200u32, calls in prop::collection::vec((0..12u64, any::<prop::sample::Index>(), 0..3u8), 1..150),
    ) {
        for algorithm in CONSISTENT {
            let settings = Settings { hash_balance_factor: Some(percent), ..Settings::of(algorithm) };
            let mut all = servers(&vec![1; count]);
            let (mut picker, mut rng) = (picker(settings, &all), rng());
            for (key, which, ends) in &calls {
                let chosen = picker.pick(0, &all, &Request { key: *key, ..Request::default() }, &mut rng).unwrap();
                all[chosen].in_flight += 1;
                let total: u64 = all.iter().map(|one| u64::from(one.in_flight)).sum();
                let most = (u64::from(percent) * total).div_ceil(100 * count as u64);
                prop_assert!(u64::from(all[chosen].in_flight) <= most, "{:?}: {:?}, bound {}", algorithm, all, most);
                for _ in 0..*ends {
                    let busy: Vec<usize> = (0..count).filter(|index| all[*index].in_flight > 0).collect();
                    if let Some(index) = busy.get(which.index(busy.len().max(1))) {
                        all[*index].in_flight -= 1;
                    }
                }
            }
        }
    }

    /// A key has one home, however often it is asked for and whatever else is asked for.
    #[test]
    fn without_a_bound_a_key_has_one_home(count in 1..20usize, keys in prop::collection::vec(0..30u64, 1..100)) {
        let all = servers(&vec![1; count]);
        for algorithm in [CONSISTENT.as_slice(), &[Algorithm::Hash]].concat() {
            let (mut picker, mut rng) = (picker(Settings::of(algorithm), &all), rng());
            let homes = homes(Settings::of(algorithm), &all, 30);
            for &key in &keys {
                let request = Request { key, ..Request::default() };
                let home = picker.pick(0, &all, &request, &mut rng).map(|index| all[index].instance);
                prop_assert_eq!(home, Some(homes[key as usize]));
            }
        }
    }
}
