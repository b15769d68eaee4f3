namespace Camshaft.LiveConsole.Feed;

/// <summary>The pages that have a feed.</summary>
internal enum FeedKind
{
    /// <summary>All models.</summary>
    Overview,

    /// <summary>One version of a model.</summary>
    Model,

    /// <summary>What runs on which lane.</summary>
    Lanes,
}
