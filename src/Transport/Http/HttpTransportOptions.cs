namespace Camshaft.Transport.Http;

/// <summary>Limits of the HTTP transport. Immutable.</summary>
public sealed record HttpTransportOptions
{
    /// <summary>The longest JSON part of a request, in bytes; a longer one is refused with 413. Default: 64 MiB, as Triton has it.</summary>
    public long JsonByteSizeLimit { get; init; } = 64L << 20;

    /// <summary>The longest body of a request, binary tensors included, in bytes; a longer one is refused with 413. Default: 1 GiB.</summary>
    public long BodyByteSizeLimit { get; init; } = 1L << 30;
}
