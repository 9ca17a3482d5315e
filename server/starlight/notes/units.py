"""Units of measurement and how they are written, in a few languages, and what they are of one another."""

from __future__ import annotations

from typing import NamedTuple


class Unit(NamedTuple):
    """What a number counts: ``factor`` times the base of its ``dimension``."""

    dimension: str
    factor: float


_SYMBOLS = """
length: mm .001, cm .01, dm .1, m 1, km 1000, ft .3048, yd .9144, mi 1609.344
area: m² 1, m2 1, km² 1e6, km2 1e6, ha 1e4
mass: mg .001, g 1, kg 1000, t 1e6, lb 453.592, lbs 453.592, oz 28.3495
volume: ml 1, mL 1, cl 10, dl 100, l 1000, L 1000
teaspoon: tsp 1, TL 1
tablespoon: tbsp 1, EL 1
time: ns 1e-9, µs 1e-6, μs 1e-6, us 1e-6, ms .001, s 1, sec 1, secs 1, min 60, mins 60, h 3600, hr 3600, hrs 3600
time: d 86400
data: B 1, KB 1e3, kB 1e3, MB 1e6, GB 1e9, TB 1e12, KiB 1024, MiB 1048576, GiB 1073741824, TiB 1099511627776
bits: kbit 1e3, Mbit 1e6, Gbit 1e9, Mbps 1e6, Gbps 1e9
percent: % 1, pct 1
celsius: °C 1, ℃ 1
fahrenheit: °F 1, ℉ 1
degree: ° 1
frequency: Hz 1, kHz 1e3, MHz 1e6, GHz 1e9
power: W 1, kW 1e3, MW 1e6
energy: Wh 1, kWh 1e3, MWh 1e6
food: kcal 1, cal .001, kJ .239006
voltage: V 1, mV .001, kV 1e3
current: mA .001
speed: km/h 1, kph 1, mph 1.609344, m/s 3.6
pixel: px 1
euro: € 1, EUR 1
dollar: $ 1, USD 1, US$ 1
pound: £ 1, GBP 1
yen: ¥ 1, JPY 1, 円 1
yuan: CNY 1, RMB 1, 元 1
rupee: ₹ 1, INR 1
"""
_WORDS = """
length: millimeter millimetre millimeters millimetres millimetern .001
length: centimeter centimetre centimeters centimetres zentimeter .01
length: meter metre meters metres metern mètre mètres metro metros 1
length: kilometer kilometre kilometers kilometres kilometern kilomètre kilomètres kilómetro kilómetros 1000
length: inch inches zoll .0254, foot feet .3048, yard yards .9144, mile miles meile meilen 1609.344
mass: gram grams gramm gramme grammes gramo gramos 1, kilo kilos kilogram kilograms kilogramm 1000
mass: ton tons tonne tonnes tonnen 1e6, pound pounds 453.592, ounce ounces 28.3495
volume: milliliter millilitre milliliters millilitres 1, liter litre liters litres litern litro litros 1000
cup: cup cups tasse tassen 1
teaspoon: teaspoon teaspoons teelöffel 1
tablespoon: tablespoon tablespoons esslöffel 1
time: millisecond milliseconds millisekunden .001
time: second seconds sekunde sekunden seconde secondes segundo segundos 1, minute minutes minuten minuto minutos 60
time: hour hours stunde stunden heure heures hora horas 3600, day days tag tage tagen jour jours día días 86400
time: week weeks woche wochen semaine semaines semana semanas 604800
month: month months monat monate monaten mois mes meses 1
month: year years jahr jahre jahren an ans année années año años 12, decade decades 120
percent: percent prozent pourcent 1
degree: degree degrees grad degrés grados 1
euro: euro euros 1
dollar: dollar dollars 1
yen: yen 1
yuan: yuan 1
rupee: rupee rupees 1
data: byte bytes 1, kilobyte kilobytes 1e3, megabyte megabytes 1e6, gigabyte gigabytes 1e9, terabyte terabytes 1e12
pixel: pixel pixels 1
"""
SCALES = {
    "thousand": 1e3, "tausend": 1e3, "tsd": 1e3, "mille": 1e3, "mil": 1e3, "k": 1e3, "million": 1e6, "millions": 1e6,
    "millionen": 1e6, "mio": 1e6, "millones": 1e6, "billion": 1e9, "billions": 1e9, "milliarden": 1e9, "mrd": 1e9,
    "hundred": 1e2, "hundert": 1e2, "dozen": 12.0, "万": 1e4, "億": 1e8, "亿": 1e8,
}  # fmt: skip
"""Words after a number that multiply it."""


def _table(lines: str) -> dict[str, Unit]:
    table = {}
    for line in lines.strip().splitlines():
        dimension, _, entries = line.partition(": ")
        for entry in entries.split(", "):
            *names, factor = entry.split()
            table.update(dict.fromkeys(names, Unit(dimension, float(factor))))
    return table


SYMBOLS = _table(_SYMBOLS)
"""By symbol; case counts."""
WORDS = _table(_WORDS)
"""By word, in lower case."""


def unit_of(written: str) -> Unit | None:
    """Return the unit that is written so, None where it is none."""
    return SYMBOLS.get(written) or WORDS.get(written.lower()) or SYMBOLS.get(written.rstrip("."))
