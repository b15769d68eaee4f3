namespace Camshaft.LiveConsole.Feed;

/// <summary>What a client of the feed looks at.</summary>
/// <param name="Kind">Which page.</param>
/// <param name="Model">The model of a model's page.</param>
/// <param name="Version">Its version; null = whichever requests without a version get.</param>
internal readonly record struct FeedTopic(FeedKind Kind, string? Model = null, long? Version = null);
