//! CreateLogStream, DeleteLogStream, DescribeLogStreams.

use observability::logs::{Listed, Stream, StreamListing, StreamOrder};
use wire::Empty;
use wire::logs::{
    CreateLogStreamRequest, DeleteLogStreamRequest, DescribeLogStreamsRequest, DescribeLogStreamsResponse,
    OrderBy,
};

use crate::Turn;
use crate::groups::{PAGE_ITEMS, limit};
use crate::refusal::Refusal;
use crate::{convert, identifier, token};

impl Turn<'_> {
    pub(crate) async fn create_log_stream(&self, request: CreateLogStreamRequest) -> Result<Empty, Refusal> {
        let stream = self.stream(&request.log_group_name, &request.log_stream_name)?;
        self.authorize_stream(&stream)?;
        self.logs.create_stream(stream).await?;
        Ok(Empty {})
    }

    pub(crate) async fn delete_log_stream(&self, request: DeleteLogStreamRequest) -> Result<Empty, Refusal> {
        let stream = self.stream(&request.log_group_name, &request.log_stream_name)?;
        self.authorize_stream(&stream)?;
        self.logs.delete_stream(stream).await?;
        Ok(Empty {})
    }

    pub(crate) async fn describe_log_streams(
        &self,
        request: DescribeLogStreamsRequest,
    ) -> Result<DescribeLogStreamsResponse, Refusal> {
        let name = request.log_group_name.as_deref();
        let group = identifier::group(&self.scope, name, request.log_group_identifier.as_deref())?;
        self.authorize_group(&group)?;
        let listing = StreamListing {
            group: group.clone(),
            descending: request.descending.unwrap_or_default(),
            after: token::read_cursor(request.next_token.as_deref())?,
            limit: limit(request.limit, PAGE_ITEMS),
            order: order(request)?,
        };
        let Listed { items, more } = self.logs.list_streams(listing).await?;
        let last = items.last().map(Stream::cursor).filter(|_| more);
        let streams = items.iter().map(|stream| convert::log_stream(&group, stream));
        Ok(DescribeLogStreamsResponse {
            log_streams: Some(streams.collect()),
            next_token: last.as_ref().map(token::write_cursor),
        })
    }
}

fn order(request: DescribeLogStreamsRequest) -> Result<StreamOrder, Refusal> {
    match (request.order_by, request.log_stream_name_prefix) {
        (Some(OrderBy::LastEventTime), Some(_)) => Err(Refusal::LastEventTimeWithPrefix),
        (Some(OrderBy::LastEventTime), None) => Ok(StreamOrder::LastEvent),
        (Some(OrderBy::LogStreamName) | None, prefix) => {
            Ok(StreamOrder::Name { prefix: prefix.unwrap_or_default() })
        }
    }
}
