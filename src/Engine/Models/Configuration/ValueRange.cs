namespace Camshaft.Engine.Models.Configuration;

/// <summary>
/// What the values of an output must be: numbers within bounds. NaN is within none. An answer that has another value is an
/// error instead.
/// </summary>
public sealed record ValueRange
{
    /// <summary>Whether infinities are refused too. Default: only those that the bounds exclude.</summary>
    public bool Finite { get; init; }

    /// <summary>The least value; null = none.</summary>
    public double? Minimum { get; init; }

    /// <summary>The greatest value; null = none.</summary>
    public double? Maximum { get; init; }

    /// <summary>As messages have it.</summary>
    public override string ToString()
    {
        var kind = Finite ? "finite numbers" : "numbers";
        return FormattableString.Invariant((Minimum, Maximum) switch
        {
            ({ } minimum, { } maximum) => $"{kind} from {minimum} to {maximum}",
            ({ } minimum, null) => $"{kind} of {minimum} or more",
            (null, { } maximum) => $"{kind} of {maximum} or less",
            _ => (FormattableString)$"{kind}",
        });
    }
}
