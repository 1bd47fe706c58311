//! Arguments and results of the server; doc comments are the descriptions in the schemas.

use mcp_runtime::model;

/// A country or territory of ISO 3166-1.
#[model]
#[derive(Clone, Debug, PartialEq)]
pub struct Country {
    /// ISO 3166-1 alpha-2 code.
    pub alpha2: String,
    /// ISO 3166-1 alpha-3 code.
    pub alpha3: String,
    /// ISO 3166-1 numeric code, three digits.
    pub numeric: String,
    /// The everyday English name.
    pub common_name: String,
    /// The English short name of ISO 3166-1.
    pub name: String,
    /// Absent if the country has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capital: Option<String>,
    /// UN M49 region, or Antarctica.
    pub region: String,
    /// The finest UN M49 group; absent for Antarctica.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subregion: Option<String>,
    /// Total area in square kilometres, with inland waters.
    pub area_km2: f64,
    /// People; 0 without permanent inhabitants.
    pub population: u32,
    /// People per square kilometre, to four significant digits.
    pub density_per_km2: f64,
}

/// The countries that were found, the best match first.
#[model(output)]
#[derive(Debug)]
pub struct Countries {
    /// Empty if nothing matches.
    pub countries: Vec<Country>,
}

/// A comparison of countries.
#[model(output)]
#[derive(Debug)]
pub struct Comparison {
    /// Alpha-2 code of the first requested country, to which the ratios refer.
    pub base: String,
    /// One row per code, in the requested order.
    pub rows: Vec<Compared>,
}

impl Comparison {
    /// Each of `countries` in proportion to the first.
    pub(crate) fn new(countries: &[Country]) -> Self {
        Self {
            base: countries
                .first()
                .map(|base| base.alpha2.clone())
                .unwrap_or_default(),
            rows: countries
                .iter()
                .map(|country| Compared::new(country, &countries[0]))
                .collect(),
        }
    }
}

/// One row of a comparison. A ratio of 2 is twice as much as the base; it is absent if the value of the base is zero.
#[model(output)]
#[derive(Debug)]
pub struct Compared {
    /// ISO 3166-1 alpha-2 code.
    pub alpha2: String,
    /// The everyday English name.
    pub common_name: String,
    /// People.
    pub population: u32,
    /// Population divided by that of the base.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub population_ratio: Option<f64>,
    /// Total area in square kilometres.
    pub area_km2: f64,
    /// Area divided by that of the base.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area_ratio: Option<f64>,
    /// People per square kilometre.
    pub density_per_km2: f64,
    /// Density divided by that of the base.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub density_ratio: Option<f64>,
}

impl Compared {
    fn new(country: &Country, base: &Country) -> Self {
        let density = |country: &Country| f64::from(country.population) / country.area_km2;
        Self {
            alpha2: country.alpha2.clone(),
            common_name: country.common_name.clone(),
            population: country.population,
            population_ratio: ratio(country.population.into(), base.population.into()),
            area_km2: country.area_km2,
            area_ratio: ratio(country.area_km2, base.area_km2),
            density_per_km2: country.density_per_km2,
            density_ratio: ratio(density(country), density(base)),
        }
    }
}

fn ratio(value: f64, base: f64) -> Option<f64> {
    (base > 0.0).then(|| significant(value / base))
}

/// Rounds to four significant digits, the precision of the figures.
pub(crate) fn significant(value: f64) -> f64 {
    format!("{value:.3e}").parse().unwrap_or(value)
}

/// The property to rank by.
#[model(input)]
#[derive(Clone, Copy, Debug)]
#[serde(rename_all = "lowercase")]
pub enum Measure {
    /// People.
    Population,
    /// Total area.
    Area,
    /// People per square kilometre.
    Density,
}

/// Countries in order.
#[model(output)]
#[derive(Debug)]
pub struct Ranking {
    /// The first of the ranking first.
    pub countries: Vec<Ranked>,
}

/// A country and its rank.
#[model(output)]
#[derive(Debug)]
pub struct Ranked {
    /// Its rank, from 1.
    pub rank: usize,
    /// The country itself.
    #[serde(flatten)]
    pub country: Country,
}

/// The outcome of a question to the user.
#[model(output)]
#[derive(Debug)]
pub struct Quiz {
    /// Whether the user knew which of the two has more people.
    pub correct: bool,
    /// The two countries.
    pub countries: [Country; 2],
}
