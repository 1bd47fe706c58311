-- Runs once, on an empty database; `user_version` says that it has. ?1 is the text of data/countries.json.

CREATE TABLE country (
    alpha2 TEXT PRIMARY KEY,
    alpha3 TEXT NOT NULL UNIQUE,
    numeric TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    common_name TEXT NOT NULL,
    capital TEXT,
    region TEXT NOT NULL,
    subregion TEXT,
    area_km2 REAL NOT NULL,
    population INTEGER NOT NULL
) STRICT;

INSERT INTO country (alpha2, alpha3, numeric, name, common_name, capital, region, subregion, area_km2, population)
SELECT value ->> 'alpha2', value ->> 'alpha3', value ->> 'numeric', value ->> 'name', value ->> 'common_name',
       value ->> 'capital', value ->> 'region', value ->> 'subregion', value ->> 'area_km2', value ->> 'population'
FROM json_each(?1);

CREATE VIRTUAL TABLE country_text USING fts5(
    alpha2, alpha3, numeric, name, common_name, capital, region, subregion,
    tokenize = "unicode61 remove_diacritics 2"
);

INSERT INTO country_text
SELECT alpha2, alpha3, numeric, name, common_name, capital, region, subregion FROM country;

PRAGMA user_version = 1;
