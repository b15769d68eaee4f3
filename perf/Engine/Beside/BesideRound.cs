namespace Camshaft.EngineBenchmark.Beside;

/// <summary>One round: alone, then beside the long model. Times are in milliseconds.</summary>
internal sealed record BesideRound(double AloneP50, double AloneP99, double BesideP50, double BesideP99, double LongPerSecond, double OthersProcessors)
{
    /// <summary>How much longer one request in a hundred takes beside it.</summary>
    public double Ratio => BesideP99 / AloneP99;
}
