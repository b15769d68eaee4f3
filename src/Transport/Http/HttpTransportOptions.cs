namespace Camshaft.Transport.Http;

/// <summary>Limits of the HTTP transport. Immutable.</summary>
public sealed record HttpTransportOptions
{
    /// <summary>The longest JSON part of a request, in bytes; a longer one is refused with 413. Default: 64 MiB, as Triton has it.</summary>
    public long JsonByteSizeLimit { get; init; } = 64L << 20;

    /// <summary>The longest body of a request, binary tensors included, in bytes; a longer one is refused with 413. Default: 1 GiB.</summary>
    public long BodyByteSizeLimit { get; init; } = 1L << 30;

    /// <summary>How deep the JSON of a request may nest; deeper is refused with 400. Data nests as deep as a tensor has dimensions, a few levels below the top. Default: 128.</summary>
    public int JsonDepthLimit { get; init; } = 128;

    /// <summary>
    /// The longest time from a request's head to its answer: what takes longer to arrive is refused with 408, what takes longer
    /// to run ends with 504. Null = no limit. Default: 5 minutes.
    /// </summary>
    public TimeSpan? RequestTimeout { get; init; } = TimeSpan.FromMinutes(5);
}
