namespace Camshaft.Backends;

/// <summary>Whoever wants to know when a batch on an accelerator has ended.</summary>
public interface ILaneObserver
{
    /// <summary>Everything that was enqueued has run, or never will. On a thread of the device's: returns soon, and calls no device.</summary>
    /// <param name="fault">What has happened to the device; null = all is well.</param>
    void OnRunEnded(string? fault);
}
