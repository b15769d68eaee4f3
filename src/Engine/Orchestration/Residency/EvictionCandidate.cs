namespace Camshaft.Engine.Orchestration.Residency;

/// <summary>A model in memory that may be taken out.</summary>
/// <param name="ByteSize">What that frees.</param>
/// <param name="Rate">How often it is asked for, in requests a second.</param>
/// <param name="ReloadTime">How long the next of those requests would wait for it.</param>
internal readonly record struct EvictionCandidate(long ByteSize, double Rate, TimeSpan ReloadTime)
{
    /// <summary>What keeping it saves: seconds of waiting in each second.</summary>
    public double Value => Rate * ReloadTime.TotalSeconds;

    /// <summary>What each byte of it saves.</summary>
    public double ValuePerByte => Value / Math.Max(1, ByteSize);
}
