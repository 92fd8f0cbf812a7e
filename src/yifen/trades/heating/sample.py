"""placeholder"""


def prepare(sample: object) -> None:
    return None
