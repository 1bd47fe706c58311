//! The database: opening, filling, queries. Independent of MCP.

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteRow};
use sqlx::{Connection, FromRow, Row, SqliteConnection, SqlitePool};

use crate::country::{Country, Measure, significant};

const SCHEMA: &str = include_str!("schema.sql");
const COUNTRIES: &str = include_str!("../data/countries.json");

/// Opens a pool on the file at `path`, which is created if it does not exist.
pub(crate) async fn open(path: &Path) -> sqlx::Result<SqlitePool> {
    connect(
        SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true),
        4,
    )
    .await
}

/// Opens a pool of one connection, each connection with its own database.
pub(crate) async fn in_memory() -> sqlx::Result<SqlitePool> {
    connect("sqlite::memory:".parse()?, 1).await
}

async fn connect(options: SqliteConnectOptions, connections: u32) -> sqlx::Result<SqlitePool> {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .after_connect(|connection, _| Box::pin(fill(connection)))
        .connect_with(options)
        .await
}

async fn fill(connection: &mut SqliteConnection) -> sqlx::Result<()> {
    if is_filled(connection).await? {
        return Ok(());
    }
    // Another process may fill the database at the same time: the second waits here, and finds it filled.
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    if !is_filled(&mut transaction).await? {
        sqlx::query(SCHEMA)
            .bind(COUNTRIES)
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await
}

async fn is_filled(connection: &mut SqliteConnection) -> sqlx::Result<bool> {
    let version: i64 = sqlx::query_scalar("PRAGMA user_version")
        .fetch_one(connection)
        .await?;
    Ok(version > 0)
}

/// Checks that the database responds.
pub(crate) async fn ping(pool: &SqlitePool) -> sqlx::Result<()> {
    sqlx::query("SELECT 1 FROM country LIMIT 1")
        .fetch_one(pool)
        .await
        .map(drop)
}

/// Returns the countries in which every word of `query` begins a word, an exact code or name first.
pub(crate) async fn search(
    pool: &SqlitePool,
    query: &str,
    limit: u32,
) -> sqlx::Result<Vec<Country>> {
    sqlx::query_as(
        "SELECT country.* FROM country_text JOIN country USING (alpha2)
         WHERE country_text MATCH ?1
         ORDER BY ?2 COLLATE NOCASE IN (country.alpha2, country.alpha3, country.common_name) DESC,
                  bm25(country_text, 4, 4, 4, 4, 4, 2, 1, 1), population DESC
         LIMIT ?3",
    )
    .bind(prefixes(query))
    .bind(query.trim())
    .bind(limit)
    .fetch_all(pool)
    .await
}

/// Returns the words of `query` as quoted prefixes, so that FTS5 parses none of them as syntax.
fn prefixes(query: &str) -> String {
    query
        .split_whitespace()
        .map(|word| format!("\"{}\"*", word.replace('"', "\"\"")))
        .collect::<Vec<_>>()
        .join(" ")
}

/// Returns the country with an alpha-2 or alpha-3 code.
pub(crate) async fn country(pool: &SqlitePool, code: &str) -> sqlx::Result<Option<Country>> {
    sqlx::query_as("SELECT * FROM country WHERE upper(?1) IN (alpha2, alpha3)")
        .bind(code)
        .fetch_optional(pool)
        .await
}

/// Returns the countries with this prefix of the code or name, sorted by name.
pub(crate) async fn beginning(pool: &SqlitePool, typed: &str) -> sqlx::Result<Vec<Country>> {
    sqlx::query_as(
        "SELECT * FROM country
         WHERE ?1 COLLATE NOCASE IN (substr(alpha2, 1, ?2), substr(alpha3, 1, ?2), substr(common_name, 1, ?2))
         ORDER BY common_name",
    )
    .bind(typed)
    .bind(i64::try_from(typed.chars().count()).unwrap_or(i64::MAX))
    .fetch_all(pool)
    .await
}

/// Returns two random countries of a region.
pub(crate) async fn draw(pool: &SqlitePool, region: &str) -> sqlx::Result<[Country; 2]> {
    let drawn: Vec<Country> =
        sqlx::query_as("SELECT * FROM country WHERE region = ? ORDER BY random() LIMIT 2")
            .bind(region)
            .fetch_all(pool)
            .await?;
    drawn.try_into().map_err(|_| sqlx::Error::RowNotFound)
}

/// Returns all countries, the most populous first.
pub(crate) async fn all(pool: &SqlitePool) -> sqlx::Result<Vec<Country>> {
    sqlx::query_as("SELECT * FROM country ORDER BY population DESC, alpha2")
        .fetch_all(pool)
        .await
}

/// Returns the first countries of a ranking of the world or of a region.
pub(crate) async fn rank(
    pool: &SqlitePool,
    by: Measure,
    region: Option<&str>,
    ascending: bool,
    limit: u32,
) -> sqlx::Result<Vec<Country>> {
    let column = match by {
        Measure::Population => "population",
        Measure::Area => "area",
        Measure::Density => "density",
    };
    sqlx::query_as(
        "SELECT * FROM country WHERE ?1 IS NULL OR region = ?1
         ORDER BY ?2 * CASE ?3 WHEN 'population' THEN population WHEN 'area' THEN area_km2 ELSE population / area_km2 END, alpha2
         LIMIT ?4",
    )
    .bind(region)
    .bind(if ascending { 1 } else { -1 })
    .bind(column)
    .bind(limit)
    .fetch_all(pool)
    .await
}

impl FromRow<'_, SqliteRow> for Country {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let (population, area_km2) = (row.try_get("population")?, row.try_get("area_km2")?);
        Ok(Self {
            alpha2: row.try_get("alpha2")?,
            alpha3: row.try_get("alpha3")?,
            numeric: row.try_get("numeric")?,
            common_name: row.try_get("common_name")?,
            name: row.try_get("name")?,
            capital: row.try_get("capital")?,
            region: row.try_get("region")?,
            subregion: row.try_get("subregion")?,
            area_km2,
            population,
            density_per_km2: significant(f64::from(population) / area_km2),
        })
    }
}
