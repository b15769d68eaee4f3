namespace Camshaft.Load.Targets;

/// <summary>A model with one prepared request that is sent again and again. Any thread, many at once.</summary>
public interface ITargetModel
{
    /// <summary>Sends the request and waits for the whole answer.</summary>
    /// <param name="cancellationToken">Ends the wait; the result is then <see cref="SendResult.Abandoned"/>.</param>
    /// <returns>How it went. What the target or the network do wrong is a result and no exception.</returns>
    ValueTask<SendResult> SendAsync(CancellationToken cancellationToken);
}
