namespace Camshaft.LiveConsole.Views;

/// <summary>An input or output.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Datatype">Its datatype as KServe spells it.</param>
/// <param name="Shape">Its shape; -1 is a variable dimension.</param>
internal sealed record TensorText(string Name, string Datatype, IReadOnlyList<long> Shape);
