namespace Camshaft.Client;

/// <summary>What a request may say beside its inputs. Make one and use it for all requests that are alike.</summary>
public sealed record InferenceOptions
{
    /// <summary>In what time the answer must be there, retries included; null for the client's own <see cref="CamshaftClientOptions.Timeout"/>.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>1 = highest; 0 = the model's own.</summary>
    public int Priority { get; init; }

    /// <summary>The outputs that are wanted; empty for all.</summary>
    public IReadOnlyList<string> Outputs { get; init; } = [];

    /// <summary>What the server may route by, at most 16. Only the binary protocol carries them.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = System.Collections.Frozen.FrozenDictionary<string, string>.Empty;

    internal static InferenceOptions Default { get; } = new();
}
