namespace Camshaft.Engine.Scheduling;

/// <summary>What a policy has booked for one model. Amounts and moments are in ticks of the engine's clock.</summary>
internal struct ModelAccount
{
    /// <summary>Device time taken, divided by the weight; below the round's line there is something left to take.</summary>
    public double Taken;

    /// <summary>The model's weight, once it has been seen.</summary>
    public double Weight;

    /// <summary>Device time that its minimum share still grants it; below zero = taken in advance.</summary>
    public double Reserve;

    /// <summary>Until when <see cref="Reserve"/> is counted.</summary>
    public long ReservedUntil;

    /// <summary>Whether its minimum share grants it time that it needs; as of the last refresh.</summary>
    public bool IsOwed;

    /// <summary>When it last started a run.</summary>
    public long LastRun;

    /// <summary>Until when it counts as short of device time, since a request of it was late.</summary>
    public long ShortUntil;
}
