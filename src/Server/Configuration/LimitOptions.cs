using System.ComponentModel.DataAnnotations;

namespace Camshaft.Server.Configuration;

/// <summary>What clients may take of the server.</summary>
internal sealed class LimitOptions
{
    [Range(1, 1_000_000)]
    [Setting("Connections open at once; one more is told 503 and closed", Unit = "connections", Flag = "--max-connections")]
    public int Connections { get; set; } = 10_000;

    [Range(1, 100_000)]
    [Setting("Requests in flight on one connection of HTTP/2 or the binary protocol; more wait in the client (HTTP/1.1 has one)", Unit = "requests")]
    public int RequestsPerConnection { get; set; } = 100;

    [Range(1, 65_536)]
    [Setting("Handles of models open on one connection of the binary protocol; one more is refused", Unit = "handles")]
    public int HandlesPerConnection { get; set; } = 1024;

    [Range(1L << 10, 1L << 40)]
    [Setting("What the requests in flight on one connection of the binary protocol may have sent together, give or take one; more wait in the client", Unit = "bytes")]
    public long ConnectionBytes { get; set; } = 64L << 20;

    [Range(1L << 10, 1L << 40)]
    [Setting("What requests on all connections of the binary protocol may have sent together, give or take one, whose models are loaded for them; one more is refused", Unit = "bytes")]
    public long StandbyBytes { get; set; } = 64L << 20;

    [Range(1, 4096)]
    [Setting("Regions of shared memory registered on one connection of the binary protocol; one more is refused", Unit = "regions")]
    public int RegionsPerConnection { get; set; } = 64;

    [Range(1L << 12, 1L << 40)]
    [Setting("What the regions of one connection may have together; more is refused", Unit = "bytes")]
    public long RegionBytes { get; set; } = 1L << 30;

    [Range(1, 32_768)]
    [Setting("Regions registered on all connections together; one more is refused", Unit = "regions")]
    public int Regions { get; set; } = 4096;

    [Range(0, 1_000_000)]
    [Setting("Requests in flight from one client address; one more is refused with 429; 0 = no limit", Unit = "requests")]
    public int RequestsPerClient { get; set; }

    [Range(1 << 10, 16 << 20)]
    [Setting("The head of a request, all header lines together; a longer one is refused with 431", Unit = "bytes")]
    public int HeaderBytes { get; set; } = 32 << 10;

    [Range(1L << 10, long.MaxValue)]
    [Setting("The body of a request, binary tensors included; a longer one is refused with 413", Unit = "bytes", Flag = "--max-body-bytes")]
    public long BodyBytes { get; set; } = 1L << 30;

    [Range(1L << 10, 1L << 31)]
    [Setting("The JSON part of a request; a longer one is refused with 413", Unit = "bytes")]
    public long JsonBytes { get; set; } = 64L << 20;

    [Range(8, 1000)]
    [Setting("How deep the JSON of a request may nest; deeper is refused with 400", Unit = "levels")]
    public int JsonDepth { get; set; } = 128;

    [Range(0, 86_400)]
    [Setting("The time from a request's head to its answer; what takes longer to arrive is refused with 408, what takes longer to run ends with 504; 0 = no limit", Unit = "seconds", Flag = "--request-seconds")]
    public int RequestSeconds { get; set; } = 300;

    [Range(1, 3600)]
    [Setting("The time in which a request's head must arrive; later is refused with 408", Unit = "seconds")]
    public int HeaderSeconds { get; set; } = 30;

    [Range(1, 86_400)]
    [Setting("How long a connection without a request stays open", Unit = "seconds")]
    public int KeepAliveSeconds { get; set; } = 130;

    [Range(0, 1_000_000_000)]
    [Setting("The least rate at which a body must arrive, after the grace time; a slower one is refused with 408; 0 = no limit", Unit = "bytes a second")]
    public int ReceiveBytesPerSecond { get; set; } = 240;

    [Range(0, 1_000_000_000)]
    [Setting("The least rate at which a client must take an answer, after the grace time; a slower one is disconnected; 0 = no limit", Unit = "bytes a second")]
    public int SendBytesPerSecond { get; set; } = 240;

    [Range(2, 3600)]
    [Setting("How long a stalled client is waited for before the least rates hold", Unit = "seconds")]
    public int StallSeconds { get; set; } = 5;
}
