namespace Camshaft.Client;

/// <summary>What a request may say beside its inputs. Make one and use it for all requests that are alike.</summary>
public sealed record InferenceOptions
{
    /// <summary>In what time the answer must be there, retries included; null for the client's own <see cref="CamshaftClientOptions.Timeout"/>.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>1 = highest; 0 = the model's own.</summary>
    public int Priority { get; init; }

    /// <summary>The outputs that are wanted; empty for all, or for none beside those that go to <see cref="OutputRegions"/>.</summary>
    public IReadOnlyList<string> Outputs { get; init; } = [];

    /// <summary>
    /// The outputs that go to memory shared with the server, where the result then has them. After a request that failed nothing is known of what is in those places, and one that
    /// was cancelled or late may still be written there, until the region is disposed.
    /// </summary>
    public IReadOnlyList<OutputRegion> OutputRegions { get; init; } = [];

    /// <summary>What the server may route by, at most 16. Only the binary protocol carries them.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = System.Collections.Frozen.FrozenDictionary<string, string>.Empty;

    internal static InferenceOptions Default { get; } = new();
}
