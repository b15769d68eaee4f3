using Camshaft.Engine.Alerts;

namespace Camshaft.Alerting.Delivery;

/// <summary>How one kind of endpoint is told of alerts: when, of which, and in what form.</summary>
internal interface IAlertFormat
{
    /// <summary>What is at the end, in a word.</summary>
    string Kind { get; }

    /// <summary>How many messages may wait; when one more comes the oldest is dropped.</summary>
    int QueueLimit { get; }

    /// <summary>Whether a message tells all that its predecessors did, so that dropping these loses nothing.</summary>
    bool IsCumulative { get; }

    /// <summary>Chooses what is told now; called by one thread.</summary>
    /// <param name="changed">The alerts that fire from now on, and those that are resolved.</param>
    /// <param name="board">The whole board.</param>
    /// <returns>Nothing = no message.</returns>
    IReadOnlyList<Alert> Choose(IReadOnlyList<Alert> changed, AlertBoard board);

    /// <summary>Writes one attempt to tell them.</summary>
    /// <param name="alerts">What <see cref="Choose"/> chose.</param>
    /// <param name="messageId">The same for every attempt with the same message.</param>
    HttpRequestMessage Write(IReadOnlyList<Alert> alerts, Guid messageId);
}
