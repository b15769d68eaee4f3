namespace Camshaft.Engine.Routing.Configuration;

/// <summary>Which requests a rule takes: those for which all of it holds.</summary>
public sealed record RuleCondition
{
    /// <summary>A value that stands for every value.</summary>
    public const string Any = "*";

    /// <summary>The alias that the request asks for; null = the request names neither model nor alias.</summary>
    public string? Alias { get; set; }

    /// <summary>The body's media type without parameters, or all of one kind: <c>image/*</c>; null = whatever it is.</summary>
    public string? ContentType { get; set; }

    /// <summary>By name what headers must be, <see cref="Any"/> = there.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; set; } = new Dictionary<string, string>();

    /// <summary>By name what tags must be, <see cref="Any"/> = there.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; set; } = new Dictionary<string, string>();

    /// <summary>Inputs that the request must carry; it may carry others.</summary>
    public IReadOnlyList<InputCondition> Inputs { get; set; } = [];
}
