namespace Camshaft.LiveConsole.Views;

/// <summary>The process over the last minutes, a number for each column, oldest first.</summary>
/// <param name="Rate">Requests a second.</param>
/// <param name="ErrorRate">Failed requests a second.</param>
/// <param name="Processors">Processors' time taken.</param>
/// <param name="Resident">Physical memory in bytes.</param>
/// <param name="PauseTime">Milliseconds of a second in which garbage collections held all threads.</param>
internal sealed record SystemHistory(float[] Rate, float[] ErrorRate, float[] Processors, float[] Resident, float[] PauseTime)
{
    /// <summary>The utilisation of each GPU, by device; null where it did not tell.</summary>
    public IReadOnlyDictionary<string, float?[]> Utilization { get; init; } = new Dictionary<string, float?[]>();
}
