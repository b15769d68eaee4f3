namespace Camshaft.Engine.Alerts;

/// <summary>Where alerts and the state of objectives can be seen. Any thread.</summary>
public interface IAlertBoard
{
    /// <summary>The newest board.</summary>
    AlertBoard Current { get; }
}
