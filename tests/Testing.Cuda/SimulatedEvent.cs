namespace Camshaft.Testing.Cuda;

/// <summary>An event. What a stream waits for is the mark that the event had when the wait was enqueued, whatever it marks later.</summary>
internal sealed class SimulatedEvent(SimulatedGpu device, bool keepsTime, SimulatedGreenContext? green) : SimulatedObject("cuEventCreate", device)
{
    /// <summary>The green context that was current when it was made; null = the primary context was.</summary>
    public SimulatedGreenContext? Green => green;

    public bool KeepsTime => keepsTime;

    /// <summary>The last mark that was recorded; null before the first.</summary>
    public Mark? Last { get; set; }

    /// <summary>One place in one stream.</summary>
    internal sealed class Mark
    {
        public bool HasRun { get; set; }

        /// <summary>When it ran, by the devices' clock.</summary>
        public TimeSpan Time { get; set; }
    }
}
