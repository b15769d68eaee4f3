namespace Camshaft.Engine.Routing.Configuration;

/// <summary>What an input of a request must be; what is not stated may be anything.</summary>
public sealed record InputCondition
{
    /// <summary>Its name.</summary>
    public string? Name { get; set; }

    /// <summary>Its datatype, as KServe spells it.</summary>
    public string? Datatype { get; set; }

    /// <summary>Its shape, -1 where a length may be anything.</summary>
    public IReadOnlyList<long>? Shape { get; set; }
}
