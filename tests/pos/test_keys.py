"""MACs, working keys and PIN blocks of terminals, by published examples and by another way of computing them."""

import pytest
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from hypothesis import given
from hypothesis import strategies as st

from yifen.core.wire import pos_keys
from yifen.core.wire.pos_frames import PosFault
from yifen.core.wire.pos_keys import ALGORITHMS, WorkingKeys

HEAD = bytes(11)
MASTER = bytes.fromhex("70F2A84CCBC2AE8625CBB0F2C22AB923")
REAL_KEY = bytes.fromhex("55036372B17543ECB173730768B8D6C4")
REAL = bytes.fromhex(
    "08300000000002C000153030363730303436343238393733373031373933323330303200110000000137200277319F0605A0000003339F2201"
    "03DF050832303234313233319F0605A0000003339F220104DF050832303234313233319F0605A0000003339F220102DF050832303231313233"
    "319F0605A0000000039F220107DF050832303137313233319F0605A0000000039F220108DF050832303233313233319F0605A0000000039F22"
    "0109DF050832303233313233319F0605A0000000659F220110DF050832303232313233319F0605A0000000659F220112DF0508323032323132"
    "33319F0605A0000000659F220114DF050832303232313233319F0605A0000000049F220104DF050832303137313233319F0605A0000000049F"
    "220105DF050832303231313233319F0605A0000000049F220106DF05083230323131323331"
)


def test_the_mac_of_a_real_message_is_the_one_it_was_sent_with():
    """A published message of a terminal with its key and its field 64, 3546453035384442."""
    assert pos_keys.mac("des-ecb", REAL_KEY, REAL) == bytes.fromhex("3546453035384442")
    assert pos_keys.is_mac("des-ecb", REAL_KEY, HEAD + REAL + b"5FE058DB")
    assert not pos_keys.is_mac("des-ecb", REAL_KEY, HEAD + REAL + b"5FE058DC")
    assert not pos_keys.is_mac("des-ecb", REAL_KEY, HEAD + REAL + bytes.fromhex("5FE058DB90680D33"))


@given(st.binary(min_size=1, max_size=200))
def test_x9_19_is_cbc_by_one_half_and_triple_des_at_the_end(data):
    """ISO 9797-1 algorithm 3: the last block of CBC under the left half, undone by the right, done by the left, which
    is CBC over all but the last block and triple DES of that."""
    key = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
    padded = data + bytes(-len(data) % 8)
    before = Cipher(TripleDES(key[:8] * 3), modes.CBC(bytes(8))).encryptor().update(padded)[-16:-8] or bytes(8)
    last = bytes(a ^ b for a, b in zip(before, padded[-8:], strict=True))
    other = Cipher(TripleDES(key + key[:8]), modes.ECB()).encryptor().update(last)  # noqa: S305
    assert pos_keys.mac("des-x919", key, data) == other


@given(st.binary(min_size=1, max_size=200))
def test_the_macs_of_sm4_are_the_same_shapes(data):
    padded = data + bytes(-len(data) % 16)
    cbc = Cipher(SM4(MASTER), modes.CBC(bytes(16))).encryptor().update(padded)
    assert pos_keys.mac("sm4-cbc", MASTER, data) == cbc[-16:-8]
    folded = 0
    for at in range(0, len(padded), 16):
        folded ^= int.from_bytes(padded[at : at + 16])
    chained = Cipher(SM4(MASTER), modes.CBC(bytes(16))).encryptor().update(f"{folded:032X}".encode())
    assert pos_keys.mac("sm4-ecb", MASTER, data) == chained[16:].hex().upper()[:8].encode()


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_working_keys_go_sealed_and_a_changed_one_is_noticed(algorithm):
    keys = pos_keys.new_keys(algorithm)
    field = pos_keys.keys_field(algorithm, MASTER, keys)
    assert len(field) == 40
    assert keys.pin not in field
    assert pos_keys.keys_of(algorithm, MASTER, field) == keys
    for at in (0, 17, 20, 39):
        spoilt = field[:at] + bytes([field[at] ^ 1]) + field[at + 1 :]
        with pytest.raises(PosFault):
            pos_keys.keys_of(algorithm, MASTER, spoilt)
    with pytest.raises(PosFault):
        pos_keys.keys_of(algorithm, MASTER, field[:39])


def test_a_single_mac_key_stands_in_eight_bytes_and_eight_zeros():
    keys = WorkingKeys(bytes(range(16)), bytes(range(8)))
    field = pos_keys.keys_field("des-ecb", MASTER, keys)
    assert field[28:36] == bytes(8)
    assert field[36:] == pos_keys.check_value("des-ecb", keys.mac)


def test_a_published_working_key_opens_under_its_master_key():
    assert pos_keys.opened("des-ecb", MASTER, bytes.fromhex("96D605EA176B7E9E")).hex().upper() == "C24A8FB57AA20123"


def test_a_pin_is_bound_to_its_card_and_sealed_anew_for_the_next_hand():
    block = pos_keys.pin_block("123456", "6224242300000069", REAL_KEY)
    assert len(block) == 8
    assert pos_keys.pin_of(block, "6224242300000069", REAL_KEY) == "123456"
    onward = pos_keys.resealed(block, REAL_KEY, MASTER)
    assert onward != block
    assert pos_keys.pin_of(onward, "6224242300000069", MASTER) == "123456"
    with pytest.raises(ValueError, match="not of this card"):
        pos_keys.pin_of(onward, "6224242300010069", MASTER)
    with pytest.raises(ValueError, match="no PIN"):
        pos_keys.pin_block("12a4", "6224242300000069", REAL_KEY)


def test_a_pin_under_sm4_is_the_published_block():
    """A bank's published example: its master key, the working key as it came with its check value, the PIN's block."""
    master, card = bytes.fromhex("1234567890ABCDEFABCDEF0987654321"), "6230606601007726888"
    key = pos_keys.opened("sm4-ecb", master, bytes.fromhex("3D66234C49E4296FF9C78D8BACBD6A76"))
    assert key.hex().upper() == "F351D490994603795C6EBEE8FAEBB481"
    assert pos_keys.check_value("sm4-ecb", key).hex().upper() == "861E83E3"
    block = pos_keys.pin_block("123654", card, key, "sm4-ecb")
    assert pos_keys.opened("sm4-ecb", key, block).hex().upper() == "06123654FFFFFFFFFFFF99FEFF88D977"
    assert block.hex().upper() == "CD01D6AD8F0A484C52A9364A0595AD60"
    assert pos_keys.pin_of(block, card, key, "sm4-cbc") == "123654"
    assert pos_keys.pin_of(pos_keys.resealed(block, key, MASTER, "sm4-ecb"), card, MASTER, "sm4-ecb") == "123654"
    with pytest.raises(ValueError, match="another size"):
        pos_keys.pin_of(block, card, key)
