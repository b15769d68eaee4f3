namespace Camshaft.Engine.Alerts;

/// <summary>A way by which alerts leave the server, for whoever wants to see how it does. Any thread.</summary>
public interface IAlertRoute
{
    /// <summary>How it does now.</summary>
    AlertRouteStatus Status { get; }
}
