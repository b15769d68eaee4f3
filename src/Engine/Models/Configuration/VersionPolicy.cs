namespace Camshaft.Engine.Models.Configuration;

/// <summary>Which versions of a model are served.</summary>
public abstract record VersionPolicy
{
    private VersionPolicy()
    {
    }

    /// <summary>The newest version alone, as Triton has it.</summary>
    public static VersionPolicy Default { get; } = new Latest(1);

    /// <summary>Picks the versions to serve from those that exist, in ascending order.</summary>
    public abstract IReadOnlyList<long> Select(IReadOnlyCollection<long> existing);

    /// <summary>The highest numbers.</summary>
    /// <param name="Count">How many, 1 or more.</param>
    public sealed record Latest(int Count) : VersionPolicy
    {
        /// <inheritdoc/>
        public override IReadOnlyList<long> Select(IReadOnlyCollection<long> existing) => [.. existing.Order().TakeLast(Count)];
    }

    /// <summary>Every version.</summary>
    public sealed record All : VersionPolicy
    {
        /// <inheritdoc/>
        public override IReadOnlyList<long> Select(IReadOnlyCollection<long> existing) => [.. existing.Order()];
    }

    /// <summary>The listed versions, as far as they exist.</summary>
    /// <param name="Versions">Version numbers.</param>
    public sealed record Specific(IReadOnlyList<long> Versions) : VersionPolicy
    {
        /// <inheritdoc/>
        public override IReadOnlyList<long> Select(IReadOnlyCollection<long> existing) => [.. existing.Intersect(Versions).Order()];
    }
}
