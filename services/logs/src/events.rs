//! PutLogEvents, GetLogEvents, FilterLogEvents.

use model::Timestamp;
use observability::logs::{
    EventId, FilterEvents, GetEvents, PageStart, StreamKey, StreamSelection, TimeRange,
};
use observability::pattern::Pattern;
use wire::logs::{
    FilterLogEventsRequest, FilterLogEventsResponse, GetLogEventsRequest, GetLogEventsResponse,
    PutLogEventsRequest, PutLogEventsResponse,
};

use crate::Turn;
use crate::groups::limit;
use crate::refusal::Refusal;
use crate::{batch, convert, identifier, token};

/// Events on a page, unless a request wants fewer.
const PAGE_EVENTS: usize = 10_000;

impl Turn<'_> {
    /// A sequence token in the request means nothing any more, as on AWS.
    pub(crate) async fn put_log_events(
        &self,
        request: PutLogEventsRequest,
    ) -> Result<PutLogEventsResponse, Refusal> {
        let stream = self.stream(&request.log_group_name, &request.log_stream_name)?;
        self.authorize_stream(&stream)?;
        let events = request.log_events.into_iter().map(convert::event).collect::<Vec<_>>();
        batch::check(&events)?;
        Ok(convert::put_response(self.logs.put(stream, events).await?))
    }

    pub(crate) async fn get_log_events(
        &self,
        request: GetLogEventsRequest,
    ) -> Result<GetLogEventsResponse, Refusal> {
        let name = request.log_group_name.as_deref();
        let group = identifier::group(&self.scope, name, request.log_group_identifier.as_deref())?;
        let stream = StreamKey { group, name: request.log_stream_name.parse()? };
        self.authorize_stream(&stream)?;
        let query = GetEvents {
            stream,
            time: TimeRange { start: time(request.start_time), end: time(request.end_time) },
            start: page_start(request.next_token.as_deref(), request.start_from_head.unwrap_or_default())?,
            limit: limit(request.limit, PAGE_EVENTS),
        };
        let page = self.logs.get_events(query).await?;
        Ok(GetLogEventsResponse {
            events: Some(page.events.iter().map(convert::output_event).collect()),
            next_forward_token: Some(page.forward.to_string()),
            next_backward_token: Some(page.backward.to_string()),
        })
    }

    /// `interleaved` means nothing any more: events of all streams always come in one order.
    pub(crate) async fn filter_log_events(
        &self,
        request: FilterLogEventsRequest,
    ) -> Result<FilterLogEventsResponse, Refusal> {
        let name = request.log_group_name.as_deref();
        let group = identifier::group(&self.scope, name, request.log_group_identifier.as_deref())?;
        self.authorize_group(&group)?;
        let query = FilterEvents {
            group,
            // Here the end belongs to the range.
            time: TimeRange {
                start: time(request.start_time),
                end: time(request.end_time.map(|end| end.saturating_add(1))),
            },
            pattern: Pattern::parse(request.filter_pattern.as_deref().unwrap_or_default())?,
            newest_first: !request.start_from_head.unwrap_or(true),
            after: token::read::<EventId>(request.next_token.as_deref())?,
            limit: limit(request.limit, PAGE_EVENTS),
            streams: selection(request)?,
        };
        let found = self.logs.filter_events(query).await?;
        Ok(FilterLogEventsResponse {
            events: Some(found.events.iter().map(convert::filtered_event).collect()),
            // AWS has left this list empty since 2020.
            searched_log_streams: Some(Vec::new()),
            next_token: found.next.map(|next| next.to_string()),
        })
    }
}

fn time(millis: Option<i64>) -> Option<Timestamp> {
    millis.map(Timestamp::from_millis)
}

/// A token decides the direction, whatever else the request says.
fn page_start(token: Option<&str>, from_head: bool) -> Result<PageStart, Refusal> {
    Ok(match token::read(token)? {
        Some(token) => PageStart::Token(token),
        None if from_head => PageStart::Head,
        None => PageStart::Tail,
    })
}

fn selection(request: FilterLogEventsRequest) -> Result<StreamSelection, Refusal> {
    match (request.log_stream_names, request.log_stream_name_prefix) {
        (Some(_), Some(_)) => Err(Refusal::NamesAndPrefix),
        (Some(names), None) => {
            let names = names.iter().map(|name| name.parse()).collect::<Result<_, _>>()?;
            Ok(StreamSelection::Named(names))
        }
        (None, Some(prefix)) => Ok(StreamSelection::Prefix(prefix)),
        (None, None) => Ok(StreamSelection::All),
    }
}
