namespace Camshaft.Load.Plans;

/// <summary>What makes a model's requests come when they come.</summary>
public abstract record ArrivalPattern
{
    /// <summary>In words, for reports.</summary>
    public abstract string Description { get; }
}
