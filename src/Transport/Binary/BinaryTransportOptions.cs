namespace Camshaft.Transport.Binary;

/// <summary>Limits of the binary transport, most of them told to each client in the hello. Immutable.</summary>
public sealed record BinaryTransportOptions
{
    /// <summary>The longest infer frame, in bytes. Default: 1 GiB.</summary>
    public long FrameByteSizeLimit { get; init; } = 1L << 30;

    /// <summary>The credit for infer frames that a connection begins with, in bytes: what its requests in flight may take together. Default: 64 MiB.</summary>
    public long WindowByteSize { get; init; } = 64L << 20;

    /// <summary>
    /// How many bytes of infer frames are kept, over all connections, while their models are loaded on demand; one may begin while there
    /// are fewer, and one more is refused. Default: 64 MiB.
    /// </summary>
    public long StandbyByteSize { get; init; } = 64L << 20;

    /// <summary>How many requests a connection may have in flight. Default: 100.</summary>
    public int RequestLimit { get; init; } = 100;

    /// <summary>How many handles a connection may have open; at most 65,536. Default: 1,024.</summary>
    public int HandleLimit { get; init; } = 1024;

    /// <summary>The longest time from a request's head to its answer. Null = no limit. Default: 5 minutes.</summary>
    public TimeSpan? RequestTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>In what time a client's hello must have come. Default: 30 s.</summary>
    public TimeSpan HelloTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a connection without a request stays open. Default: 130 s, as the HTTP port's.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(130);

    /// <summary>The least rate at which a frame must arrive once it has begun, in bytes a second; 0 = any. Default: 240.</summary>
    public int ReceiveBytesPerSecond { get; init; } = 240;

    /// <summary>The least rate at which a client must take results, in bytes a second; 0 = any. Default: 240.</summary>
    public int SendBytesPerSecond { get; init; } = 240;

    /// <summary>How long a stalled client is waited for before the least rates hold. Default: 5 s.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>For how long clients are told that a stopping server goes on answering. Default: 30 s.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What of shared memory is offered.</summary>
    public SharedMemoryOptions SharedMemory { get; init; } = new();

    /// <summary>What the server calls itself in its hello; at most 256 bytes of UTF-8.</summary>
    public string Agent { get; init; } = "camshaft";
}
