namespace Camshaft.Engine.Scheduling;

/// <summary>What a policy has booked for one model. Amounts and moments are in ticks of the engine's clock.</summary>
internal struct ModelAccount
{
    /// <summary>Device time that the model may still take in this round; below zero = taken in advance.</summary>
    public double Deficit;

    /// <summary>Device time that its minimum share still grants it; below zero = taken in advance.</summary>
    public double Reserve;

    /// <summary>Until when <see cref="Reserve"/> is counted.</summary>
    public long ReservedUntil;

    /// <summary>When it last started a run.</summary>
    public long LastRun;

    /// <summary>Until when it counts as short of device time, since a request of it was late.</summary>
    public long ShortUntil;
}
