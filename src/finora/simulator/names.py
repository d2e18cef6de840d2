"""Names from where the synthetic company's people come from."""

import unicodedata
from typing import Final

GIVEN: Final = (
    "Priya", "Tomas", "Mara", "Lee", "Aarav", "Ananya", "Zoë", "Jürgen", "Łukasz", "Agnieszka", "João", "Beatriz", "Noa",
    "Eitan", "Yuki", "Haruto", "Olivia", "Liam", "Amelia", "Noah", "Camila", "Rafael", "Katarzyna", "Piotr", "Hannah",
    "Felix", "Ingrid", "Søren", "Fatima", "Omar", "Chioma", "Kwame", "Mei", "Wei", "Minh", "Linh", "Aisha", "Daniel",
    "Grace", "Samuel", "Sofía", "Mateo", "Chloé", "Étienne", "Siobhán", "Declan", "Rohan", "Kavya", "Vikram", "Ishaan",
    "Renata", "Thiago", "Dorota", "Marek", "Anneliese", "Bastian", "Tamar", "Yosef", "Sakura", "Kenji", "Emma", "James",
    "Ava", "Ethan", "Nadia", "Ivan", "Elif", "Emre", "Leila", "Arash", "Zanele", "Thabo", "Freya", "Arthur",
)  # fmt: skip

FAMILY: Final = (
    "Natarajan", "Kovář", "Okafor", "Wang", "Sharma", "Iyer", "van der Berg", "Müller", "Wójcik", "Kowalska", "Silva",
    "Santos", "Levi", "Mizrahi", "Tanaka", "Sato", "Smith", "Johnson", "O'Brien", "Nguyễn", "Garcia-Lopez", "Fernandes",
    "Nowak", "Zieliński", "Schmidt", "Weiß", "Lindqvist", "Østergaard", "Hassan", "Al-Farsi", "Mensah", "Adeyemi", "Chen",
    "Liu", "Tran", "Pham", "Khan", "Brown", "Williams", "Martínez", "Dubois", "Lefèvre", "Murphy", "Byrne", "Reddy",
    "Kapoor", "Menon", "Gupta", "Oliveira", "Costa", "Lewandowski", "Mazur", "Fischer", "Hoffmann", "Cohen", "Peretz",
    "Suzuki", "Yamamoto", "Davis", "Miller", "Petrova", "Ivanov", "Kaya", "Demir", "Rahimi", "Karimi", "Dlamini",
    "Nkosi", "Hughes", "Evans", "Park", "Kim", "Rossi", "Bianchi", "Papadopoulos", "Horváth", "Novák", "Popescu",
)  # fmt: skip

_LETTERS = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "ß": "ss", "đ": "d"})


def mailbox(given: str, family: str) -> str:
    """Local part of a person's address: ASCII, lower case, `given.family` with nothing but letters and hyphens."""
    plain = unicodedata.normalize("NFKD", f"{given}.{family}".translate(_LETTERS))
    return "".join(c for c in plain.lower() if c.isascii() and (c.isalpha() or c in ".-"))
