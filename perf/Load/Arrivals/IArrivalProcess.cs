namespace Camshaft.Load.Arrivals;

/// <summary>When an open loop sends: a sequence of moments that does not know how the answers fare. One thread reads it.</summary>
public interface IArrivalProcess
{
    /// <summary>Takes the next moment.</summary>
    /// <param name="sinceStart">When it is, counted from the start of the run; never earlier than the one before.</param>
    /// <returns><see langword="false"/> when there is none left; only a trace ends.</returns>
    bool TryGetNext(out TimeSpan sinceStart);
}
