namespace Camshaft.Engine.Alerts.Readings;

/// <summary>Where readings come from: the engine, or, in tests and simulations, whatever they say.</summary>
public interface IReadingSource
{
    /// <summary>Looks now. Called by one thread at a time.</summary>
    ServerReading Read();
}
