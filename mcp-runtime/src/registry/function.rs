//! A declared function with its state; the types are erased here: a call with its arguments becomes a future.
//!
//! A function is generic in its state, its arguments, its output and its closure; [`Callable`] erases them. A call has
//! two steps: decoding, which fails with problems, and the future, which owns its values. They are separate because
//! problems are refused before the call takes a permit, and because a retry begins at the first.

use std::sync::Arc;

use serde_json::Value;
use serde_json::value::RawValue;

use super::elicit;
use super::keywords::Keywords;
use crate::handler::argument::arg::{
    ArgList, Decoded, Input, Leniency, MissingArgument, Reading, Values,
};
use crate::handler::argument::problem::Problems;
use crate::handler::call::completion::Completion;
use crate::handler::call::inject::State;
use crate::handler::declaration::Callbacks;
use crate::handler::output::tool::Returns;
use crate::handler::output::value::Output;
use crate::handler::spec::Spec;
use crate::handler::{Context, ToolError};
use crate::policy;
use crate::policy::contain::Contained;
use crate::protocol::content::ResourceLink;
use crate::protocol::{Given, Object, RawStr, RpcError};
use crate::schema::FinishedInput;

/// The arguments of a call.
#[derive(Debug)]
pub(crate) struct Arguments<'a> {
    pub object: Object<'a>,
    pub raw: Option<RawStr<'a>>,
    pub reading: Reading,
}

impl<'a> Arguments<'a> {
    /// Parses the members of `given`; absent arguments are the same as an empty object.
    pub(crate) fn parse(given: Option<Given<'a>>, reading: Reading) -> Result<Self, RpcError> {
        let object = given.map(Given::object).transpose();
        let object =
            object.map_err(|_| RpcError::invalid_params("`arguments` must be an object"))?;
        Ok(Self {
            object: object.unwrap_or_default(),
            raw: given.map(Given::text),
            reading,
        })
    }
}

/// The future of the completions for an argument.
pub(crate) type Completions = Contained<Result<Vec<String>, ToolError>>;

/// The future of the resources of a template.
pub(crate) type Links = Contained<Result<Vec<ResourceLink>, ToolError>>;

/// A declared function with its state.
pub(super) trait Callable: Send + Sync {
    /// Decodes the arguments and creates the call's future; also returns the counts of coerced and ignored arguments.
    fn begin(
        &self,
        cx: &Context,
        arguments: Arguments<'_>,
    ) -> Result<(policy::HandlerFuture, Leniency), Problems>;
    /// Decodes the arguments of a call that is to run later; returns the future that elicits the missing ones, if
    /// there are any.
    fn complete_arguments(
        &self,
        cx: &Context,
        arguments: Arguments<'_>,
    ) -> Result<Option<policy::HandlerFuture<Box<RawValue>>>, Problems>;
    /// Completes an argument, if it has a completion function.
    fn complete(&self, argument: &str, cx: &Context, completion: Completion)
    -> Option<Completions>;
    /// The schema of an argument, if there is one of this name.
    fn argument(&self, name: &str) -> Option<&Value>;
    /// The value that was sent for an argument, under its name or an alias.
    fn sent<'a>(&self, object: &Object<'a>, name: &str) -> Option<RawStr<'a>> {
        object.get(name)
    }
    /// Returns `true` if it lists the resources of its template.
    fn lists(&self) -> bool;
    /// Lists the resources of its template, if it does.
    fn list(&self, cx: &Context) -> Option<Links>;
}

/// A declared function, the state it borrows from, and the compiled parts of its declaration.
pub(super) struct Function<S, A, O, F> {
    pub state: Arc<S>,
    pub spec: Spec,
    pub args: A,
    pub returns: Returns<O>,
    pub input: FinishedInput,
    pub keywords: Keywords,
    pub callbacks: Callbacks<S>,
    pub call: F,
}

/// The part of a function that its calls share.
pub(super) struct Bound<S, A, O, F>(pub Arc<Function<S, A, O, F>>);

impl<S, A, O, F, R> Function<S, A, O, F>
where
    S: State,
    A: ArgList,
    O: 'static,
    F: Fn(Arc<S>, Context, Values<A>) -> R + Send + Sync + 'static,
    R: Future<Output = O> + Send + 'static,
{
    /// Returns the future of the function's call.
    fn run(
        &self,
        cx: Context,
        values: Values<A>,
    ) -> impl Future<Output = Result<Output, ToolError>> + Send + use<S, A, O, F, R> {
        let running = (self.call)(Arc::clone(&self.state), cx, values);
        let (convert, contract) = (self.returns.convert, self.returns.contract.clone());
        async move {
            match (
                convert(running.await).map_err(ToolError::settled)?,
                contract,
            ) {
                (Output::Tool(result), Some(contract)) => {
                    let settled = contract.settle(result).map_err(ToolError::private);
                    settled.map(Output::Tool)
                }
                (output, _) => Ok(output),
            }
        }
    }

    /// Decodes the values of the parameters, or returns the parameters to elicit first.
    fn decode(&self, arguments: Arguments<'_>) -> Result<Decoded<Values<A>>, Problems> {
        self.keywords.check(arguments.raw)?;
        Input::new(arguments.object, &self.input, arguments.reading).decode_or_ask::<A>(&self.args)
    }

    /// Elicits the missing values, and calls the function.
    async fn ask(
        self: Arc<Self>,
        cx: Context,
        raw: Option<Box<RawValue>>,
        missing: Vec<MissingArgument>,
    ) -> Result<Output, ToolError> {
        let (_, values) = self.elicit_missing(&cx, raw, &missing).await?;
        self.run(cx, values).await
    }

    /// Elicits the missing arguments, and returns all of them, as JSON and as values.
    ///
    /// Checks each value on arrival, then all of them together, as `keywords` may relate them.
    async fn elicit_missing(
        &self,
        cx: &Context,
        raw: Option<Box<RawValue>>,
        missing: &[MissingArgument],
    ) -> Result<(Box<RawValue>, Values<A>), ToolError> {
        let check = |name: &str, content: &RawValue| {
            let object = serde_json::from_str(content.get())
                .map_err(|_| "`content` must be an object".to_owned())?;
            Input::new(object, &self.input, Reading::Textual).check(&self.args, name)
        };
        let whole = elicit::complete(cx, raw.as_deref(), missing, check).await?;
        let misfit = |problems: Problems| ToolError::new(problems.describe(self.spec.item()));
        self.keywords
            .check(Some((&*whole).into()))
            .map_err(misfit)?;
        let object = serde_json::from_str(whole.get())?;
        let values = Input::new(object, &self.input, Reading::Lenient)
            .decode::<A>(&self.args)
            .map_err(misfit)?;
        Ok((whole, values))
    }
}

impl<S, A, O, F, R> Callable for Bound<S, A, O, F>
where
    S: State,
    A: ArgList,
    O: 'static,
    F: Fn(Arc<S>, Context, Values<A>) -> R + Send + Sync + 'static,
    R: Future<Output = O> + Send + 'static,
{
    fn begin(
        &self,
        cx: &Context,
        arguments: Arguments<'_>,
    ) -> Result<(policy::HandlerFuture, Leniency), Problems> {
        let (Self(function), raw) = (self, arguments.raw);
        match function.decode(arguments)? {
            Decoded::Values(values, leniency) => Ok((
                policy::HandlerFuture::new(function.run(cx.clone(), values)),
                leniency,
            )),
            Decoded::Incomplete(missing) => Ok((
                policy::HandlerFuture::new(Arc::clone(function).ask(
                    cx.clone(),
                    raw.map(RawStr::to_boxed),
                    missing,
                )),
                Leniency::default(),
            )),
        }
    }

    fn complete_arguments(
        &self,
        cx: &Context,
        arguments: Arguments<'_>,
    ) -> Result<Option<policy::HandlerFuture<Box<RawValue>>>, Problems> {
        let raw = arguments.raw;
        let Decoded::Incomplete(missing) = self.0.decode(arguments)? else {
            return Ok(None);
        };
        let (function, cx, raw) = (Arc::clone(&self.0), cx.clone(), raw.map(RawStr::to_boxed));
        Ok(Some(policy::HandlerFuture::new(async move {
            function
                .elicit_missing(&cx, raw, &missing)
                .await
                .map(|(whole, _)| whole)
        })))
    }

    fn complete(
        &self,
        argument: &str,
        cx: &Context,
        completion: Completion,
    ) -> Option<Completions> {
        let (_, complete) = self
            .0
            .callbacks
            .completion_fns
            .iter()
            .find(|(name, _)| *name == argument)?;
        let (complete, state, cx) = (*complete, Arc::clone(&self.0.state), cx.clone());
        Some(Completions::new(async move {
            complete(state, cx, completion)
                .await
                .map_err(ToolError::settled)
        }))
    }

    fn argument(&self, name: &str) -> Option<&Value> {
        let mut properties = self.0.input.properties();
        properties.find_map(|(known, schema)| (known == name).then_some(schema))
    }

    fn sent<'a>(&self, object: &Object<'a>, name: &str) -> Option<RawStr<'a>> {
        self.0.input.sent(object, name)
    }

    fn lists(&self) -> bool {
        self.0.callbacks.lister.is_some()
    }

    fn list(&self, cx: &Context) -> Option<Links> {
        let (lister, state) = (self.0.callbacks.lister?, Arc::clone(&self.0.state));
        let cx = cx.clone();
        Some(Links::new(async move {
            lister(state, cx).await.map_err(ToolError::settled)
        }))
    }
}
