namespace Camshaft.LiveConsole.Views;

/// <summary>Where one promise of a model's objective stands; all of its versions count.</summary>
/// <param name="Kind">Which, in lower case: <c>latency</c> or <c>availability</c>.</param>
/// <param name="Target">How many of a hundred are to keep it.</param>
/// <param name="Kept">How many did, within the window.</param>
/// <param name="Budget">What is left of the error budget: 1 = all, below 0 = overspent.</param>
/// <param name="Burn">How fast it goes now: 1 = it lasts exactly for the window.</param>
/// <param name="Health">The one word for it, in lower case.</param>
internal sealed record ObjectiveView(string Kind, double Target, double Kept, double Budget, double Burn, string Health);
