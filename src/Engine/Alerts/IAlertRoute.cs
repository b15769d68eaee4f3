namespace Camshaft.Engine.Alerts;

/// <summary>Somebody who is told of alerts by sending them on, which may fail. Any thread.</summary>
public interface IAlertRoute : IAlertSink
{
    /// <summary>How it does now.</summary>
    AlertRouteStatus Status { get; }
}
