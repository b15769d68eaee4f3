using Camshaft.Engine.Models.Configuration;

namespace Camshaft.Engine.Repository;

/// <summary>The part of an output's entry in <c>model.yaml</c> that says what its values must be.</summary>
internal sealed class ValueRangeSection(YamlReader yaml)
{
    private static readonly ValueRange Any = new();

    private ValueRange _range = Any;

    /// <summary>Adds the keys.</summary>
    public void AddMembers(Dictionary<string, Action> members)
    {
        members["finite"] = () => _range = _range with { Finite = yaml.ReadBoolean("finite") };
        members["minimum"] = () => _range = _range with { Minimum = yaml.ReadReal("minimum") };
        members["maximum"] = () => _range = _range with { Maximum = yaml.ReadReal("maximum") };
    }

    /// <summary>What was read; null when that excludes nothing.</summary>
    public ValueRange? Complete() => _range switch
    {
        { Minimum: { } minimum, Maximum: { } maximum } when minimum > maximum =>
            throw yaml.Fail(FormattableString.Invariant($"the minimum, {minimum}, is more than the maximum, {maximum}")),
        _ => _range == Any ? null : _range,
    };
}
