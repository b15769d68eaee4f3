using System.Text;
using Camshaft.Backends;

namespace Camshaft.Engine.Routing;

/// <summary>A rule's condition on one input, ready to be compared. Immutable.</summary>
/// <param name="name">The input's name; null = any input.</param>
/// <param name="dataType">Its datatype; <see cref="DataType.Invalid"/> = any.</param>
/// <param name="shape">Its shape, -1 where a length may be anything; null = any.</param>
internal sealed class InputMatcher(string? name, DataType dataType, Shape? shape)
{
    private readonly byte[]? _name = name is null ? null : Encoding.UTF8.GetBytes(name);

    /// <summary>Whether an input of the request is as the condition has it.</summary>
    public bool Matches<TRequest>(scoped in TRequest request)
        where TRequest : IRouteRequest, allows ref struct
    {
        for (var i = 0; i < request.InputCount; i++)
        {
            if (Matches(request.GetInput(i)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether every input that the other accepts is one that this accepts.</summary>
    public bool Covers(InputMatcher other) =>
        (_name is null || (other._name is not null && _name.AsSpan().SequenceEqual(other._name)))
        && (DataType == DataType.Invalid || DataType == other.DataType)
        && (Shape is not { } mine || (other.Shape is { } theirs && Covers(mine, theirs)));

    /// <summary>Whether no request can carry inputs for both: both mean the same input, and want it otherwise.</summary>
    public bool Excludes(InputMatcher other) =>
        _name is not null && other._name is not null && _name.AsSpan().SequenceEqual(other._name)
        && ((DataType != DataType.Invalid && other.DataType != DataType.Invalid && DataType != other.DataType)
            || (Shape is { } mine && other.Shape is { } theirs && !AreCompatible(mine, theirs)));

    public override string ToString() =>
        $"{(name is null ? "an input" : $"an input '{name}'")}{(DataType == DataType.Invalid ? "" : $" of {DataType.Name}")}{(Shape is { } known ? $" {known}" : "")}";

    private DataType DataType => dataType;

    private Shape? Shape => shape;

    private bool Matches(in RouteInput input) =>
        (_name is null || input.Name.SequenceEqual(_name))
        && (DataType == DataType.Invalid || DataType == input.DataType)
        && (Shape is not { } expected || (input.HasShape && expected.Accepts(input.Shape)));

    private static bool Covers(in Shape wide, in Shape narrow)
    {
        if (wide.Rank != narrow.Rank)
        {
            return false;
        }

        for (var i = 0; i < wide.Rank; i++)
        {
            if (wide[i] != Backends.Shape.Variable && wide[i] != narrow[i])
            {
                return false;
            }
        }

        return true;
    }

    private static bool AreCompatible(in Shape left, in Shape right)
    {
        if (left.Rank != right.Rank)
        {
            return false;
        }

        for (var i = 0; i < left.Rank; i++)
        {
            if (left[i] != right[i] && left[i] != Backends.Shape.Variable && right[i] != Backends.Shape.Variable)
            {
                return false;
            }
        }

        return true;
    }
}
