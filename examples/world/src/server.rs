//! The tools, resources and prompts of the server: each declaration is the schema, the validation and the limit.

use std::path::PathBuf;

use mcp_runtime::{Confirm, Content, Context, Json, Prompt, State, server};
use sqlx::SqlitePool;

use crate::country::{Comparison, Countries, Country, Measure, Quiz, Ranked, Ranking};
use crate::db;
use crate::error::{UnknownCode, WorldError};

/// The state of the server, from which the items below borrow the pool.
#[derive(Debug, State)]
pub struct World {
    pool: SqlitePool,
}

impl World {
    /// Opens the database file at `path`, which is created and filled if it does not exist.
    pub async fn open(path: impl Into<PathBuf>) -> Result<Self, WorldError> {
        let path = path.into();
        let pool = db::open(&path)
            .await
            .map_err(|cause| WorldError::Open(path, cause))?;
        Ok(Self { pool })
    }

    /// Opens a private database in memory.
    pub async fn in_memory() -> Result<Self, WorldError> {
        let pool = db::in_memory()
            .await
            .map_err(|cause| WorldError::Open(":memory:".into(), cause))?;
        Ok(Self { pool })
    }

    /// Returns the pool.
    pub fn pool(&self) -> &SqlitePool {
        &self.pool
    }
}

/// The 249 countries and territories of ISO 3166-1: codes, names, capital, region, area and population.
/// Figures are mostly of 2024 and 2025. `search_countries` finds the code for a name; other tools take codes.
#[server(
    name = "world",
    title = "Countries of the world",
    defaults(timeout = "5s")
)]
impl World {
    /// Finds countries by name, capital, code, region or subregion.
    ///
    /// Case and accents do not matter: `bogota` finds Bogotá. Every word must begin a word of the entry.
    #[tool(read_only)]
    pub async fn search_countries(
        pool: &SqlitePool,
        /// Words to look for, such as `korea`, `são tomé`, `western africa` or `DEU`.
        #[arg(length = 1..=100, pattern = "^.*[^ ].*$")]
        query: String,
        /// The maximum number of countries to return.
        #[arg(default = 10, range = 1..=50)]
        limit: u32,
    ) -> Result<Json<Countries>, WorldError> {
        let countries = db::search(pool, &query, limit).await?;
        Ok(Json(Countries { countries }))
    }

    /// Returns all data of one country, by its code.
    #[tool(read_only)]
    pub async fn country(
        pool: &SqlitePool,
        /// ISO 3166-1 alpha-2 or alpha-3 code, such as `FR` or `fra`.
        #[arg(pattern = "^[A-Za-z]{2,3}$", example = "FR")]
        code: String,
    ) -> Result<Json<Country>, WorldError> {
        match db::country(pool, &code).await? {
            Some(country) => Ok(Json(country)),
            None => Err(unknown(pool, &[code]).await?),
        }
    }

    /// Compares countries by population, area and density; ratios refer to the first one.
    #[tool(read_only)]
    pub async fn compare_countries(
        pool: &SqlitePool,
        /// ISO 3166-1 alpha-2 or alpha-3 codes.
        #[arg(length = 2..=10)]
        codes: Vec<String>,
    ) -> Result<Json<Comparison>, WorldError> {
        let (mut countries, mut missing) = (Vec::new(), Vec::new());
        for code in codes {
            match db::country(pool, &code).await? {
                Some(country) => countries.push(country),
                None => missing.push(code),
            }
        }
        if missing.is_empty() {
            Ok(Json(Comparison::new(&countries)))
        } else {
            Err(unknown(pool, &missing).await?)
        }
    }

    /// Ranks the countries of the world or of a region, the largest first.
    #[tool(rate_limit = "5/min", timeout = "5s", read_only)]
    pub async fn rank_countries(
        pool: &SqlitePool,
        /// The property to rank by.
        by: Measure,
        /// The region to rank; the whole world if omitted.
        #[arg(one_of("Africa", "Americas", "Antarctica", "Asia", "Europe", "Oceania"))]
        region: Option<String>,
        /// The maximum number of countries to return.
        #[arg(default = 10, range = 1..=50)]
        limit: u32,
        /// Rank the smallest first.
        #[arg(default)]
        ascending: bool,
    ) -> Result<Json<Ranking>, WorldError> {
        let countries = db::rank(pool, by, region.as_deref(), ascending, limit).await?;
        let countries = (1..)
            .zip(countries)
            .map(|(rank, country)| Ranked { rank, country })
            .collect();
        Ok(Json(Ranking { countries }))
    }

    /// Asks the user which of two countries has more people, and says whether they knew.
    #[tool(read_only)]
    pub async fn quiz(
        pool: &SqlitePool,
        cx: &Context,
        /// The region of the two countries; the user is asked if it is omitted.
        #[arg(
            elicit = "Which region do you know best?",
            one_of("Africa", "Americas", "Asia", "Europe", "Oceania")
        )]
        region: String,
    ) -> Result<Json<Quiz>, WorldError> {
        // The function may run again with the answer: it then draws the same two.
        let [one, other] = cx.try_once("countries", db::draw(pool, &region)).await?;
        let question = format!(
            "Do more people live in {} than in {}?",
            one.common_name, other.common_name
        );
        let more: Confirm = cx.elicit("more", question).await?;
        Ok(Json(Quiz {
            correct: more.yes() == (one.population > other.population),
            countries: [one, other],
        }))
    }

    /// The sources of the figures, and their licences.
    #[resource("world://sources", mime_type = "text/markdown")]
    pub async fn sources() -> &'static str {
        include_str!("../data/README.md")
    }

    /// All data of one country.
    #[resource(
        "world://countries/{code}",
        name = "country",
        cache(ttl = "1h", per = "all")
    )]
    pub async fn country_at(
        pool: &SqlitePool,
        /// ISO 3166-1 alpha-2 or alpha-3 code.
        #[arg(complete = Self::codes)]
        code: String,
    ) -> Result<Option<Json<Country>>, WorldError> {
        Ok(db::country(pool, &code).await?.map(Json))
    }

    /// A short introduction to a country.
    #[prompt(title = "Introduce a country")]
    pub async fn introduction(
        pool: &SqlitePool,
        /// The everyday English name of the country.
        #[arg(complete = Self::names, length = 1..=100, pattern = "^.*[^ ].*$")]
        country: String,
        /// The audience.
        #[arg(default = "a traveller", length = 1..=100)]
        reader: String,
    ) -> Result<Prompt, WorldError> {
        let found = db::search(pool, &country, 1)
            .await?
            .pop()
            .ok_or(WorldError::UnknownName(country))?;
        let uri = format!("world://countries/{}", found.alpha2);
        Ok(Prompt::new()
            .user(format!(
                "Introduce {} to {reader}, in five sentences. Take figures from here:",
                found.common_name
            ))
            .user(Content::resource_link(uri, found.common_name)))
    }

    async fn codes(pool: &SqlitePool, typed: String) -> Result<Vec<String>, WorldError> {
        Ok(db::beginning(pool, &typed)
            .await?
            .into_iter()
            .map(|country| country.alpha2)
            .collect())
    }

    async fn names(pool: &SqlitePool, typed: String) -> Result<Vec<String>, WorldError> {
        Ok(db::beginning(pool, &typed)
            .await?
            .into_iter()
            .map(|country| country.common_name)
            .collect())
    }

    #[ready]
    async fn database(&self) -> Result<(), sqlx::Error> {
        db::ping(&self.pool).await
    }
}

/// Returns the error for unknown codes, with the nearest known ones.
async fn unknown(pool: &SqlitePool, codes: &[String]) -> Result<WorldError, WorldError> {
    let countries = db::all(pool).await?;
    Ok(WorldError::UnknownCodes(
        codes
            .iter()
            .map(|code| UnknownCode::new(code, &countries))
            .collect(),
    ))
}
