namespace Camshaft.Engine.Alerts;

/// <summary>Somebody who is told of alerts.</summary>
public interface IAlertSink
{
    /// <summary>
    /// Tells it of a new board. Called by one thread, which goes on to the others: an implementation returns at once and does
    /// what takes time elsewhere.
    /// </summary>
    /// <param name="changed">The alerts that fire from now on, and those that are resolved; often none.</param>
    /// <param name="board">The whole board.</param>
    void Publish(IReadOnlyList<Alert> changed, AlertBoard board);
}
