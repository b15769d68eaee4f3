using Camshaft.Testing;

namespace Camshaft.Transport.Http.Tests.Fuzz;

/// <summary>What should become of a request: the tensors that it carries, by the inputs' order, or a refusal.</summary>
/// <param name="Tensors">The tensors; null when it is refused.</param>
/// <param name="Reason">Why it is refused, for people.</param>
internal sealed record Expectation(IReadOnlyList<TestTensor>? Tensors, string Reason = "")
{
    public override string ToString() => Tensors is null ? $"a refusal ({Reason})" : $"an answer of {string.Join("; ", Tensors)}";
}
