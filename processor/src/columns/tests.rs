//! What goes in comes out, whole or in parts, with rows taken out or not. That the server reads the same
//! is for `tests/columns.rs`.

use bytes::Bytes;
use proptest::prelude::*;

use super::*;
use crate::row::RowPlace;

fn context(number: usize) -> RowContext<'static> {
    let place = RowPlace { offset: number as i64 * 3, index: number as u16 };
    RowContext {
        route: if number.is_multiple_of(2) { "/a/:id" } else { "" },
        mask_rules: 7,
        masked_fields: number as u8,
        place,
    }
}

fn stamp() -> Stamp<'static> {
    Stamp { epoch: "e1", partition: 3, batch: 5..900 }
}

fn columns(texts: &[(u8, String)], numbers: impl Iterator<Item = usize>) -> Columns {
    let mut columns = Columns::default();
    for number in numbers {
        let (id, text) = &texts[number];
        let event = Event {
            id: [*id; 16],
            timestamp: -1 - number as i64,
            status_code: 404,
            response_time: u64::MAX,
            tenant_id: text,
            request_body: text,
            repeatable: *id % 2 == 1,
            key_hash: u64::MAX - u64::from(*id),
            ..Event::default()
        };
        columns.push(&event, &context(number));
    }
    columns
}

fn texts() -> impl Strategy<Value = Vec<(u8, String)>> {
    prop::collection::vec((any::<u8>(), prop_oneof![3 => "[ab]{0,2}", 1 => ".{0,300}"]), 1..60)
}

fn bytes(pieces: Vec<Bytes>) -> Vec<u8> {
    pieces.concat()
}

proptest! {
    #[test]
    fn every_value_stands_in_its_column(texts in texts()) {
        let columns = columns(&texts, 0..texts.len());
        let (room, ids) = (columns.bytes(), columns.ids());
        let block = columns.into_block(&stamp());
        prop_assert!(block.iter().map(Bytes::len).sum::<usize>() < room + 4096);
        let block = read::block(&block);
        prop_assert_eq!(block.keys().cloned().collect::<std::collections::BTreeSet<_>>(),
            names().split(", ").map(str::to_owned).collect());
        for (number, (id, text)) in texts.iter().enumerate() {
            let value = |name: &str| block[name][number].as_slice();
            prop_assert_eq!(value("tenant_id"), text.as_bytes());
            prop_assert_eq!(value("request_body"), text.as_bytes());
            prop_assert_eq!(value("route"), context(number).route.as_bytes());
            prop_assert_eq!(value("timestamp"), (-1 - number as i64).to_le_bytes());
            prop_assert_eq!(value("k_offset"), (number as u64 * 3).to_le_bytes());
            prop_assert_eq!(value("k_index"), (number as u16).to_le_bytes());
            prop_assert_eq!((value("k_batch"), value("k_end")), (&5_u64.to_le_bytes()[..], &900_u64.to_le_bytes()[..]));
            prop_assert_eq!((value("k_epoch"), value("k_partition")), (&b"e1"[..], &[3, 0][..]));
            prop_assert_eq!(value("masked_fields"), [number as u8]);
            prop_assert_eq!(value("repeatable"), [id % 2]);
            prop_assert_eq!(value("key_hash"), (u64::MAX - u64::from(*id)).to_le_bytes());
        }
        let all = texts.iter().fold(0, |all, (id, _)| all ^ u128::from_le_bytes([*id; 16]));
        prop_assert_eq!(ids, all);
    }

    #[test]
    fn rows_that_were_moved_over_are_the_same(texts in texts(), cut in any::<prop::sample::Index>()) {
        let cut = cut.index(texts.len());
        let (mut all, mut more) = (columns(&texts, 0..cut), columns(&texts, cut..texts.len()));
        all.append(&mut more);
        let whole = columns(&texts, 0..texts.len());
        prop_assert_eq!((more.rows(), more.bytes()), (0, 0));
        prop_assert_eq!((all.rows(), all.bytes()), (whole.rows(), whole.bytes()));
        prop_assert_eq!(bytes(all.into_block(&stamp())), bytes(whole.into_block(&stamp())));
    }

    #[test]
    fn what_is_taken_out_was_never_there(texts in texts(), mask in any::<u64>()) {
        let is_gone = |number: &usize| mask >> (number % 64) & 1 == 1;
        let gone: Vec<usize> = (0..texts.len()).filter(is_gone).collect();
        let mut columns = columns(&texts, 0..texts.len());
        columns.remove(&gone);
        let kept = self::columns(&texts, (0..texts.len()).filter(|number| !is_gone(number)));
        prop_assert_eq!((columns.rows(), columns.ids()), (kept.rows(), kept.ids()));
        prop_assert_eq!(bytes(columns.into_block(&stamp())), bytes(kept.into_block(&stamp())));
    }
}

#[test]
fn many_words_take_wider_places() {
    for words in [0x100, 0x101, 0x1_0000, 0x1_0001] {
        let texts: Vec<_> = (0..words).map(|number| (0, format!("w{number}"))).collect();
        let block = read::block(&columns(&texts, 0..words).into_block(&stamp()));
        let tenants = &block["tenant_id"];
        assert!(tenants.iter().zip(&texts).all(|(tenant, (_, text))| tenant == text.as_bytes()), "{words}");
    }
}

#[test]
fn large_columns_are_pieces_of_their_own() {
    let texts = vec![(0, "x".repeat(1 << 15)); 3];
    let block = columns(&texts, 0..3).into_block(&stamp());
    assert!(block.iter().any(|piece| piece.len() == 3 * (3 + (1 << 15))), "the bodies, as they were");
    assert_eq!(read::block(&block)["request_body"][2].len(), 1 << 15);
}
