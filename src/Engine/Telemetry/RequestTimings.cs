namespace Camshaft.Engine.Telemetry;

/// <summary>When a request passed each point, in ticks of the engine's clock; 0 where it did not.</summary>
public struct RequestTimings
{
    /// <summary>The request's head was read.</summary>
    public long Created { get; set; }

    /// <summary>Its last byte arrived.</summary>
    public long Received { get; set; }

    /// <summary>A lane was free for it, and its batch was held open for others from here on; 0 where it was not.</summary>
    public long Held { get; set; }

    /// <summary>A lane took it.</summary>
    public long Taken { get; set; }

    /// <summary>The backend was called.</summary>
    public long RunStarted { get; set; }

    /// <summary>The backend was done.</summary>
    public long RunEnded { get; set; }

    /// <summary>The outputs were the request's.</summary>
    public long Completed { get; set; }

    /// <summary>The answer was handed to the socket; for a request from within the process the same as <see cref="Completed"/> once it has ended.</summary>
    public long Sent { get; set; }

    /// <summary>How long a stage took, in ticks of the engine's clock; 0 for a stage that the request did not pass.</summary>
    public readonly long GetTicks(RequestStage stage) => stage switch
    {
        RequestStage.Receive => Between(Created, Received),
        RequestStage.Queue => Between(Received, Held == 0 ? Taken : Held),
        RequestStage.BatchWait => Between(Held, Taken),
        RequestStage.CopyIn => Between(Taken, RunStarted),
        RequestStage.Run => Between(RunStarted, RunEnded),
        RequestStage.CopyOut => Between(RunEnded, Completed),
        RequestStage.Send => Between(Completed, Sent),
        RequestStage.Total => Between(Created, Sent),
        _ => throw new ArgumentOutOfRangeException(nameof(stage)),
    };

    /// <summary>When a stage began; 0 for one that the request did not pass.</summary>
    public readonly long GetStart(RequestStage stage) => stage switch
    {
        RequestStage.Receive or RequestStage.Total => Created,
        RequestStage.Queue => Received,
        RequestStage.BatchWait => Held,
        RequestStage.CopyIn => Taken,
        RequestStage.Run => RunStarted,
        RequestStage.CopyOut => RunEnded,
        RequestStage.Send => Completed,
        _ => throw new ArgumentOutOfRangeException(nameof(stage)),
    };

    private static long Between(long from, long to) => from == 0 || to == 0 ? 0 : Math.Max(0, to - from);
}
